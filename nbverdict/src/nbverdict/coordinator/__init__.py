"""The coordinator: reads submissions, has them judged, writes marks. Holds no student's code."""
