"""A patch as C that can be run: what its sides show, completed from a tree or from C of our own."""
