"""Pictures of one moment, for a notebook: what `kvmviz draw` draws.

>>> picture("before", "fail=L1@0x200", 63)
picture('before', 'tree=1x1x3 fail=L1@0x200', 63)
"""

from typing import Any

from kvmviz.draw.picture import draw_svg
from kvmviz.record.runs import run
from kvmviz.revisions import Revision


class Still:
    """One run after `step` steps (from the end, if negative), as SVG."""

    def __init__(self, of: str | type[Revision], scenario: str, step: int) -> None:
        self.run = run(of, scenario)
        self.step = step if step >= 0 else len(self.run.frames) + step

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": draw_svg(self.run, self.step), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"picture({self.run.revision!r}, {str(self.run.scenario)!r}, {self.step})"


def picture(of: str | type[Revision] = "before", scenario: str = "", step: int = -1) -> Still:
    """Return the picture of a run after `step` steps; by default of its end."""
    return Still(of, scenario, step)
