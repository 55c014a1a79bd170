"""An embedded NHEM backend with a believable signal and faults on demand."""
