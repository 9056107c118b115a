"""Figures where matplotlib is not at hand: the picture that the course has stored, and a sentence that says so."""

from html import escape
from typing import Any, Final

from kvmviz.browser import figures, has_page

STORED: Final = "A stored picture: this folder brings no matplotlib, which draws such figures."
NOT_STORED: Final = "No picture: this folder brings no matplotlib, which draws such figures, and has none stored of "


class Stored:
    """A figure that was drawn when the folder was built."""

    def __init__(self, call: str, picture: str | None) -> None:
        self.call = call
        self._picture = picture

    @property
    def sentence(self) -> str:
        """What is said beside the picture, or in its place."""
        return STORED if self._picture else f"{NOT_STORED}{self.call}."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        picture = self._picture or ""
        return {
            "text/html": f"{picture}<p style='opacity:.75'>{escape(self.sentence)}</p>",
            "text/plain": f"{self.call}\n{self.sentence}",
        }

    def __repr__(self) -> str:
        return f"{self.call}\n{self.sentence}"


def call(name: str, *given: Any, **named: Any) -> str:
    """Return a call as Python writes it, by which pictures are stored.

    >>> call("lives", "v1", "fail=none")
    "lives('v1', 'fail=none')"
    """
    said = [*map(repr, given), *(f"{key}={value!r}" for key, value in sorted(named.items()))]
    return f"{name}({', '.join(said)})"


def drawn(name: str, *given: Any, **named: Any) -> Stored:
    """Return the stored picture of a figure's call."""
    wanted = call(name, *given, **named)
    return Stored(wanted, figures().get(wanted) if has_page() else None)
