"""The error of a revision that cannot be."""

from kvmviz.errors import KvmvizError


class RevisionError(KvmvizError):
    """A revision that cannot be; its text is one sentence that says what would be right."""
