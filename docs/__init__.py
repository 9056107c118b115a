"""The site: `make site` builds it from the notebooks, the model and the docstrings."""
