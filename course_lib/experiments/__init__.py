"""Heavier apparatus of the lessons: what a cell would be too small for."""
