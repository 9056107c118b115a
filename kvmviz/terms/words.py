"""Words that several texts share.

>>> many(2, "page")
'2 pages'
"""


def short_site(site: str) -> str:
    """Return a site as people say it.

    >>> short_site("tdp_mmu.c:handle_removed_pt:WARN_ON")
    'WARN_ON in handle_removed_pt'
    """
    _, function, macro = site.split(":", 2)
    return f"{macro.split('/')[0]} in {function}"


def many(number: int, word: str) -> str:
    """Return a number with its noun.

    >>> many(1, "trace"), many(0, "trace")
    ('1 trace', '0 traces')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"
