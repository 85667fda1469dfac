"""What stands in nbgrader's own commands: autograde, generate_assignment, feedback."""
