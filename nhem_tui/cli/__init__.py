"""The command line: parsing, output streams and exit codes."""
