"""A terminal client that watches and steers an NHEM backend."""

__version__ = "0.1.0"
