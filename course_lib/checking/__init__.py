"""What test cells import: reports, measured calls, and readers of what an answer left."""
