"""What authors run: building, checking, setting up."""
