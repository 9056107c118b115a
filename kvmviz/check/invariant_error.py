"""The one error that validators raise."""


class InvariantError(Exception):
    """A run broke an invariant; the text is one sentence that names the first page or site by which it did."""
