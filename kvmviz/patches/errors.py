"""What a patch cannot be run for."""

from kvmviz.errors import KvmvizError


class PatchTextError(KvmvizError):
    """A patch that cannot be run as it stands; its text is one sentence that says why and what would be right."""
