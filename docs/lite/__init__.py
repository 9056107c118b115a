"""The course with nothing installed: `make lite` builds it as a folder of static files."""
