"""The command line: arguments, one module a command group, what goes to stdout and stderr."""
