"""The one kind of error that a user is meant to read."""


class KvmvizError(ValueError):
    """A question that cannot be answered as it was put.

    Its text is one sentence that says what is wrong and what would be right; the
    command line prints it and exits with status 2.
    """
