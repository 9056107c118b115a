"""Two runs side by side: aligned, as a diff of behaviour, and over many scenarios at once."""
