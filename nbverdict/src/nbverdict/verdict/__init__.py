"""The trusted process of one submission: holds the tests, runs them, sends the scores."""
