"""Samples and a size in, rows of styled text out."""
