"""A race as a widget: its bad schedule, stepped through, beside the design's source with each thread's place in it.

>>> from kvmviz.race.result import race
>>> view = RaceView(race("old"))
>>> view.step, view.last
(28, 28)
>>> view.step = 15
>>> view.sentence
'Step 15 of 28. Thread B in get: TDH.PHYMEM.PAMT.ADD, HPA_RANGE_NOT_FREE.'

The picture is laid out once for a schedule; a step only restyles it.
"""

import inspect
from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from ipywidgets import HTML, BoundedIntText, Button, Dropdown, HBox, Layout, VBox

from kvmviz.draw.lanes import lanes_svg, style
from kvmviz.draw.palette import tokens
from kvmviz.race.design import RaceError
from kvmviz.race.result import Race
from kvmviz.race.schedules import Step

_DARK: Final = 'body[data-jp-theme-light="false"]'

_SOURCE: Final = (
    "{scope}.kvrace-source pre{{margin:0;overflow-x:auto;white-space:pre;padding:8px;"
    "line-height:1.5;font:12px {mono-font};background:{paper};"
    "color:{ink}}}{scope}.kvrace-source .on{{background:{now-bg};color:{ink}}}{scope}.kvrace-source b{{color:{now}}}"
)

_SMALL: Final = (
    # In a narrow output the lanes have the size from which the least of their words are 12 px, and scroll.
    ".kvrace-view{container-type:inline-size}"
    ".kvrace-view :is(.widget-html,.widget-html-content){min-width:0;max-width:100%}"
    "@container (max-width:700px){.kvrace-picture .widget-html-content{overflow-x:auto}"
    ".kvrace-picture svg{max-width:none!important;zoom:1.34}}"
    "@media (pointer:coarse){.kvrace-view{--jp-widgets-inline-height:44px}.kvrace-view button{min-width:44px}}"
)


class RaceView:
    """The schedule as `widget`; setting `step` moves it, and so do its controls."""

    def __init__(self, found: Race) -> None:
        self.found = found
        first = found.first
        if first is None or not first.steps:
            raise RaceError(f"{found.design.name}, {found.bounds}: there is no bad schedule to step through.")
        names = [(f"{one.name}, {len(one.steps)} steps", one.name) for one in found.broken if one.steps]
        self.which = Dropdown(options=names, value=first.name, description="breaks", layout=_wide("26em"))
        self.number = BoundedIntText(self.last, min=0, max=self.last, description="step", layout=_wide("12em"))
        self.said = HTML().add_class("kvrace-said")
        self.picture = HTML(layout=Layout(flex="3 1 440px", min_width="0")).add_class("kvrace-picture")
        self.source = HTML(layout=Layout(flex="2 1 340px", min_width="0")).add_class("kvrace-source")
        self.buttons = [self._button(*words) for words in _BUTTONS]
        self.number.observe(lambda _: self._show(), "value")
        self.which.observe(lambda _: self._choose(), "value")
        both = HBox([self.picture, self.source], layout=Layout(flex_flow="row wrap", width="100%"))
        row = HBox([*self.buttons, self.number, self.which], layout=Layout(flex_flow="row wrap"))
        self.widget = VBox([row, self.said, both]).add_class("kvrace-view")
        self._show()

    def _button(self, words: str, meaning: str, move: Callable[[int, int], int]) -> Button:
        button = Button(description=words, tooltip=meaning, layout=Layout(width="auto"))
        button.on_click(lambda _: setattr(self, "step", move(self.step, self.last)))
        return button

    @property
    def steps(self) -> tuple[Step, ...]:
        """The schedule that is shown."""
        return self.found[self.which.value].steps

    @property
    def last(self) -> int:
        """The number of the schedule's last step, which breaks the invariant."""
        return len(self.steps)

    @property
    def step(self) -> int:
        """How many steps have been taken; 0 is before the first."""
        return int(self.number.value)

    @step.setter
    def step(self, number: int) -> None:
        self.number.value = max(0, min(self.last, number))

    @property
    def sentence(self) -> str:
        """What the last of these steps was."""
        if not self.step:
            return "Nothing has happened yet: the counter is 0, and no pair is there."
        now = self.steps[self.step - 1]
        answer = now.text.partition(": ")[2]
        broken = f" {self.found[self.which.value].name} is broken." if self.step == self.last else ""
        return (
            f"Step {self.step} of {self.last}. Thread {now.thread} in {now.section}: {now.kernel}"
            f"{f', {answer}' if answer else ''}.{broken}"
        )

    def _choose(self) -> None:
        self.number.max = self.last
        self.number.value = self.last
        self._show()

    def _show(self) -> None:
        rules = _SOURCE.format(scope="", **tokens("light")) + _SOURCE.format(scope=f"{_DARK} ", **tokens("dark"))
        own = style("light", ".kvrace") + style("dark", f"{_DARK} .kvrace")
        self.said.value = f"<p role='status' style='margin:4px 2px'>{escape(self.sentence)}</p>"
        drawn = lanes_svg(self.found, self.which.value, at=self.step, rules=own)
        self.picture.value = f'<div tabindex="0" role="group" aria-label="the schedule">{drawn}</div>'
        self.source.value = f"<style>{rules}{_SMALL}</style><pre tabindex='0'>{''.join(self._source())}</pre>"

    def _source(self) -> Iterator[str]:
        """Yield the design's lines, each behind the letters of the threads that stand there."""
        taken = self.steps[: self.step]
        places = {step.thread: (step.function, step.line) for step in taken}
        now = taken[-1].thread if taken else ""
        for function in (self.found.design.get, self.found.design.put):
            lines, first = inspect.getsourcelines(function)
            shown = ((n, line) for n, line in enumerate(lines, first) if not line.lstrip().startswith('"""'))
            for number, line in shown:
                here = sorted(t for t, place in places.items() if place == (function.__name__, number))
                text = f"<b>{''.join(here):<3}</b> {escape(line.rstrip())}"
                yield f'<span class="{"on" if now in here else ""}">{text}</span>\n'
            yield "\n"

    def __repr__(self) -> str:
        return f"RaceView({self.found!r})"


def _wide(width: str) -> Layout:
    return Layout(width=width, max_width="calc(100% - 4px)")


_BUTTONS: Final[tuple[tuple[str, str, Callable[[int, int], int]], ...]] = (
    ("|\u25c0", "To the beginning", lambda step, last: 0),
    ("\u25c0", "A step back", lambda step, last: step - 1),
    ("\u25b6", "A step on", lambda step, last: step + 1),
    ("\u25b6|", "To the step that breaks it", lambda step, last: last),
)
