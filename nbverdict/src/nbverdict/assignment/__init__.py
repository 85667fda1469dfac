"""The instructor's side of an assignment: its cells, who owns which name, what is to run."""
