"""A JupyterHub on this machine: one teacher, two students, the course in their homes."""
