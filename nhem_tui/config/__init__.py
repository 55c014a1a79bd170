"""Settings: schema, layers, paths and secrets."""
