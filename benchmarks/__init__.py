"""Measurements of the running program, side by side with its peers in one run."""
