"""A link: exactly this view, as one line.

>>> link = Link.parse("tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1")
>>> link.step, link.revisions, str(link.scenario)
(62, ('before', 'v1'), 'tree=1x1x3 fail=L1@0x200')

A link is a scenario line plus ` step=N` and ` revisions=A,B`.  With two revisions
the step counts lockstep steps, with one that run's; 0 is before the first event.
After the `#` of an address `&` stands for the spaces.
"""

import re
from dataclasses import dataclass

from kvmviz.scenario import Scenario, ScenarioError

_STEP = r"0|[1-9][0-9]{0,8}"


@dataclass(frozen=True, slots=True)
class Link:
    """A scenario and, where given, a step and one or two revisions (by name; they are not looked up here)."""

    scenario: Scenario
    step: int | None = None
    revisions: tuple[str, ...] | None = None

    @staticmethod
    def parse(text: str) -> "Link":
        """Read a link; a plain scenario line is one too.  Raises ScenarioError with one sentence."""
        line = text.strip().removeprefix("#")
        parts = (line.replace("&", " ") if " " not in line else line).split(" ")
        step = _only(parts, "step")
        if step is not None and not re.fullmatch(_STEP, step, re.ASCII):
            raise ScenarioError(f"step={step[:60]}: use a whole number, 0 for before the first event.")
        revisions = _only(parts, "revisions")
        names = None if revisions is None else tuple(revisions.split(","))
        if names is not None and (len(names) > 2 or not all(names)):
            raise ScenarioError(f"revisions={str(revisions)[:60]}: use one revision or two, as in revisions=before,v1.")
        rest = " ".join(part for part in parts if not part.startswith(("step=", "revisions=")))
        return Link(Scenario.parse(rest), None if step is None else int(step), names)

    def __str__(self) -> str:
        step = "" if self.step is None else f" step={self.step}"
        return f"{self.scenario}{step}" + ("" if self.revisions is None else f" revisions={','.join(self.revisions)}")

    def fragment(self) -> str:
        """Return the link as it stands after the `#` of an address."""
        return str(self).replace(" ", "&")


def _only(parts: list[str], key: str) -> str | None:
    found = [part.partition("=")[2] for part in parts if part.startswith(f"{key}=")]
    if len(found) > 1:
        raise ScenarioError(f"The key {key} stands there twice; give it once.")
    return found[0] if found else None
