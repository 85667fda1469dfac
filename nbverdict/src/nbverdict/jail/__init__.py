"""What shuts a submission in: namespaces, users, limits, filters of system calls."""
