"""The student's process: runs cells and calls. Nothing that it says is believed."""
