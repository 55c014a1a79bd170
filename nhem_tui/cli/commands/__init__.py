"""One module a command group; only the module of the command asked for is imported."""
