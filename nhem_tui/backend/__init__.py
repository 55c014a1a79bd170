"""The NHEM HTTP API: typed replies, one method an endpoint, one error hierarchy."""
