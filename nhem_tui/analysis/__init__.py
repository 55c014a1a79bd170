"""Pure functions on arrays: peaks and statistics."""
