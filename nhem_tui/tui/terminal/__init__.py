"""The terminal itself: how much it has taken, and cells written to it without detours."""
