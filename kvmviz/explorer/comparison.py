"""A comparison as a widget: the behaviour diff, and for each hunk a button that opens the explorer there.

>>> from kvmviz.compare.comparison import compare
>>> view = ComparisonView(compare("before", "v1", "fail=L1@0x200"))
>>> [button.description for button in view.buttons]
['Open at step 62']
>>> view.buttons[0].click()
>>> view.explorer, view.explorer.step
(Explorer(scenario='tree=1x1x3 fail=L1@0x200', revisions=('before', 'v1')), 62)

The explorer is built once, below the diff; every later click moves it.
"""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from ipywidgets import HTML, Box, Button, HBox, Layout, VBox, Widget

from kvmviz.compare.comparison import Comparison
from kvmviz.compare.difference import SAME, side_by_side
from kvmviz.compare.unified import Hunk, hunks
from kvmviz.explorer.widget import Explorer

_ELEMENTS = {"-": "del", "+": "ins"}


class ComparisonView:
    """The diff as `widget`, with its `buttons`, one a hunk; `explorer` is None until one of them is pressed."""

    def __init__(self, both: Comparison) -> None:
        self._both = both
        self.explorer: Explorer | None = None
        self.buttons: list[Button] = []
        self._place = Box(layout=Layout(display="block", width="100%"))
        self.widget = VBox([*self._parts(), self._place]).add_class("kvmviz-compared")

    def open(self, step: int) -> None:
        """Show this lockstep step in the explorer below, which is built when it is first wanted."""
        if self.explorer is None:
            self.explorer = Explorer(self._both.scenario, self._both.revisions, step=step)
            self._place.children = (self.explorer,)
        else:
            self.explorer.scenario, self.explorer.revisions = str(self._both.scenario), self._both.revisions
            self.explorer.step = step

    def _parts(self) -> Iterator[Widget]:
        both = self._both
        yield _pre(
            [f"--- {both.a.revision}", f"+++ {both.b.revision}", f" {both.scenario}"], f"<style>{_style()}</style>"
        )
        for hunk in hunks(both):
            yield from self._hunk(hunk)
        if both.alike:
            yield HBox([self._button("Open the explorer", 0), _pre([f" {SAME}"])], layout=Layout(flex_flow="row wrap"))
        yield _pre([f" {line}" for line in side_by_side(both).split("\n")])

    def _hunk(self, hunk: Hunk) -> Iterator[Widget]:
        head = HTML(f"<pre><b>{escape(hunk.header)}</b></pre>").add_class("kvmviz-diff")
        row = Layout(align_items="center", flex_flow="row wrap")
        yield HBox([self._button(f"Open at step {hunk.step}", hunk.step), head], layout=row)
        yield _pre([*hunk.lines, *([f" {hunk.more}"] if hunk.more else [])])

    def _button(self, words: str, step: int) -> Button:
        button = Button(description=words, tooltip="Show this place in the explorer below", layout=Layout(width="auto"))
        button.on_click(lambda _: self.open(step))
        self.buttons.append(button)
        return button

    def __repr__(self) -> str:
        return f"ComparisonView({self._both!r})"


def _style() -> str:
    return (files("kvmviz.explorer") / "static" / "comparison.css").read_text(encoding="utf-8")


def _pre(lines: list[str], style: str = "") -> HTML:
    """Return lines of a diff; the sign in front decides how each looks."""
    marked = ((_ELEMENTS.get(line[:1], "span"), escape(line)) for line in lines)
    body = "".join(f"<{element}>{line}</{element}>" for element, line in marked)
    return HTML(f"{style}<pre>{body}</pre>").add_class("kvmviz-diff")
