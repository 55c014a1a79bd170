"""Numbered samples: poll, stitch, notice gaps and restarts, keep them in buffers."""
