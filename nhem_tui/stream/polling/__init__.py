"""The polling loops of a connection that is up, each with at most one request in flight."""
