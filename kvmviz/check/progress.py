"""How far a check has come, where somebody sees it: a terminal, a notebook with something to wait for, a browser."""

import sys
from typing import TYPE_CHECKING, Final, Never

if TYPE_CHECKING:
    from tqdm import tqdm

WORTH_WATCHING: Final = 20_000
"""Scenarios from which on a notebook shows a progress bar."""

WORTH_WATCHING_IN_BROWSER: Final = 500
"""The same where Python runs in a browser: one process, a third as quick, and nothing that it shows is stored."""


def bar(total: int, name: str, shown: bool | None, unit: str = " runs") -> "tqdm[Never]":
    """Return a bar; None for `shown` lets it be seen where it is of use."""
    disable = not (_is_watched(total) if shown is None else shown)
    from tqdm import auto, notebook

    kind = auto.tqdm
    if in_lite():
        kind = notebook.tqdm  # type: ignore[assignment]  # the other takes this kernel for a terminal
        kind.monitor_interval = 0  # it would be a thread
    return kind(total=total, desc=name, unit=unit, disable=disable, leave=False, file=sys.stderr)


def in_lite() -> bool:
    """Say whether this is a notebook whose Python runs in the browser."""
    return "pyodide_kernel" in sys.modules


def _is_watched(total: int) -> bool:
    """Say whether somebody sees the bar: in a terminal, and in a notebook if there is something to wait for.

    What a notebook shows is stored with it, so a check of a few seconds shows none there.
    """
    if in_lite():
        return total >= WORTH_WATCHING_IN_BROWSER
    return sys.stderr.isatty() or ("ipykernel" in sys.modules and total >= WORTH_WATCHING)
