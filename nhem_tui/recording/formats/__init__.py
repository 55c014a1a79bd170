"""One module a kind of file; each is imported only when it is written."""
