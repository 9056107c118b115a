"""C of our own that does what the project's revisions do: what completes a function that a patch shows in part.

>>> text_of("v2", "tdp_mmu_free_sp") == text_of("before", "tdp_mmu_free_sp") != text_of("landed", "tdp_mmu_free_sp")
True
>>> text_of("v1", "tdx_td_init") is None
True
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from kvmviz.mail.functions import defined
from kvmviz.patches.comments import depth_change, scrub

_ALIKE: Final = ("before", "teardown")
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "before": _ALIKE, "v1": ("v1", *_ALIKE), "v1+17": ("v1_17", "v1", *_ALIKE), "v2": ("v2", "v1", *_ALIKE),
    "landed": ("landed", "v2", "v1", *_ALIKE),
}  # fmt: skip
"""By revision, the files of `base` in which a function is looked for, in this order."""


def text_of(revision: str, function: str) -> str | None:
    """Return a function as C of our own, None for one that is not there."""
    found = (named(file).get(function) for file in FILES[revision])
    return next((text for text in found if text is not None), None)


@cache
def named(file: str) -> Mapping[str, str]:
    """Return the functions of one of the files of `base`, each as its text, by name."""
    lines = (files("kvmviz.patches") / "base" / f"{file}.c").read_text(encoding="utf-8").split("\n")
    found: dict[str, str] = {}
    name, depth, first = "", 0, 0
    for number, code in enumerate(scrub(lines)):
        begun = "" if name else defined(code)
        name, first = (begun, number) if begun else (name, first)
        depth += depth_change(code)
        if name and depth == 0 and "}" in code:
            found[name] = "\n".join(lines[first : number + 1])
            name = ""
    return found
