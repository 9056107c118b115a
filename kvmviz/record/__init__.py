"""What comes out: a teardown recorded as a value, its frames, its summary, and both as text."""
