"""The offline page: what it carries against the model, and how it is written."""
