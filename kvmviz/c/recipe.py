"""What another process needs to make a revision from C anew: the texts, and which functions are taken from them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """Texts by file name, and the functions that run from them, by the names that the C has."""

    texts: tuple[tuple[str, str], ...]
    wanted: tuple[str, ...]
