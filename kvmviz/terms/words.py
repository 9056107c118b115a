"""Words that several texts share.

>>> many(2, "page")
'2 pages'
"""


def many(number: int, word: str) -> str:
    """Return a number with its noun.

    >>> many(1, "trace"), many(0, "trace")
    ('1 trace', '0 traces')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"
