"""What only graded cells use: reports, measured calls, and makers and readers of files."""
