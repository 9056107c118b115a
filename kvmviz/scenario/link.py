"""A link: exactly this view, as one line.

>>> link = Link.parse("tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1")
>>> link.step, link.revisions, str(link.scenario)
(62, ('before', 'v1'), 'tree=1x1x3 fail=L1@0x200')

A link is a scenario line plus ` step=N` and ` revisions=A,B`.  With two revisions
the step counts lockstep steps, with one that run's; 0 is before the first event.
After the `#` of an address `&` stands for the spaces.  A link that went through a
mail or a form is read as it was meant:

>>> str(Link.parse("https://host/page.html#tree=1x1x3&fail=L1%400x200&step=62&utm_source=list."))
'tree=1x1x3 fail=L1@0x200 step=62'
"""

import re
from typing import Final, NamedTuple

from kvmviz.scenario import Scenario, ScenarioError

_STEP: Final = r"0|[1-9][0-9]{0,8}"

_ADDRESS: Final = r"^([a-z]+://\S*|[^\s=]*)#"

_BETWEEN: Final = r"[& ]+|\+(?=[a-z]+=)"
"""What separates the words of a link in an address; a form that was sent may have written `+` for a space."""

_SENTENCE_END: Final = ".,;:!?)>\"'"
"""What a sentence puts behind a link that ends it."""

_TRACKER: Final = r"(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id)="
"""How what begins that others add to an address to see where a reader comes from."""


class Link(NamedTuple):
    """A scenario and, where given, a step and one or two revisions (by name; they are not looked up here)."""

    scenario: Scenario
    step: int | None = None
    revisions: tuple[str, ...] | None = None

    @staticmethod
    def parse(text: str) -> "Link":
        """Read a link; a plain scenario line is one too.  Raises ScenarioError with one sentence."""
        parts = _words(text)
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


def _words(text: str) -> list[str]:
    """Return the words of a link, which may have gone through an address, a form or the end of a sentence."""
    line = re.sub(_ADDRESS, "", text.strip(" \t\r\n\ufeff"))
    if not re.search(r"rate:[^& ]*$", line):  # a rate's seed may end in a full stop
        line = line.rstrip(_SENTENCE_END)
    if "%" in line:
        from urllib.parse import unquote

        line = unquote(line)
    words = line.split(" ") if " " in line else re.split(_BETWEEN, line)
    return [word for word in words if not re.match(_TRACKER, word)]


def _only(parts: list[str], key: str) -> str | None:
    found = [part.partition("=")[2] for part in parts if part.startswith(f"{key}=")]
    if len(found) > 1:
        raise ScenarioError(f"The key {key} appears twice; give it once.")
    return found[0] if found else None
