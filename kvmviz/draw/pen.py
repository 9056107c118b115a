"""What writes the elements of a picture that have a state: all in their first, or as they stand in one frame.

>>> Pen().head("page large", "page", "TDR")
'class="page large" data-page="TDR" data-state="tdx-owned"'
>>> Pen({"TDR": "leaked"}).head("page large", "page", "TDR")
'class="page large s-leaked" data-page="TDR" data-state="leaked"'

The explorer takes a picture of first states and moves them; a picture that stands
still has them filled in, and as classes too, which its style rules go by.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from kvmviz.draw.bars import segments
from kvmviz.draw.elements import Element

States = Mapping[str, str]
"""Elements of the picture with their states."""


@dataclass(frozen=True)
class Pen:
    """Writes with these states; without any (None) each element is in its first."""

    states: States | None = None

    def head(self, kind: str, what: str, name: str, extra: str = "") -> str:
        """Return the attributes of an element: `what` is `page` or `el`, `extra` stands before its name."""
        state = self.state_of(name)
        kind = kind if self.states is None else f"{kind} s-{state}"
        return f'class="{kind}"{extra} data-{what}="{escape(name)}" data-state="{state}"'

    def counts(self, pages: Iterable[str], times: int) -> str:
        """Return how many of these pages are in which state, each page counted so often, as attributes."""
        found = Counter(self.state_of(page) for page in pages)
        return "".join(f' data-count-{state}="{count * times}"' for state, count in found.items())

    def bar(self, pages: Mapping[str, int], place: tuple[float, float, float, float]) -> str:
        """Return the segments of a counted bar, of pages with how many each stands for; none if the picture moves."""
        if self.states is None:
            return ""
        found = Counter[str]()
        for page, times in pages.items():
            found[self.state_of(page)] += times
        return segments(found, place)

    def state_of(self, name: str) -> str:
        """Return the state of an element."""
        return (self.states or {}).get(name) or Element.parse(name).first
