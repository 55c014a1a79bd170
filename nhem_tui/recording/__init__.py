"""The session file: recorder, replay, exports."""
