"""The embedded NHEM backend: the same API over real HTTP, a believable signal, faults on demand."""
