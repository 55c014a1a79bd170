"""Other terminal charts showing the same data of the same server, for comparison."""
