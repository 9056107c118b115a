"""Pictures: DOT text, layout, SVG, figures; everything here hangs on from above and the model knows nothing of it."""

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kvmviz.browser import IN_BROWSER

if TYPE_CHECKING:
    from kvmviz.draw.figures_cost import cost as cost
    from kvmviz.draw.figures_cost import cost_with_pairs as cost_with_pairs
    from kvmviz.draw.figures_log import noise as noise
    from kvmviz.draw.figures_log import scenario_map as scenario_map
    from kvmviz.draw.figures_log import second_td as second_td
    from kvmviz.draw.figures_map import address_map as address_map
    from kvmviz.draw.figures_time import lives as lives
    from kvmviz.draw.figures_time import waiting as waiting

_FIGURES = {
    "address_map": "figures_map",
    "cost": "figures_cost", "cost_with_pairs": "figures_cost",
    "noise": "figures_log", "scenario_map": "figures_log", "second_td": "figures_log",
    "lives": "figures_time", "waiting": "figures_time",
}  # fmt: skip

__all__ = ["address_map", "cost", "cost_with_pairs", "lives", "noise", "scenario_map", "second_td", "waiting"]


def __getattr__(name: str) -> Any:
    """Load a figure, which needs matplotlib of the notebook extra, when it is asked for."""
    if name not in _FIGURES:
        raise AttributeError(f"module 'kvmviz.draw' has no attribute {name!r}")
    if IN_BROWSER and find_spec("matplotlib") is None:
        return partial(import_module("kvmviz.draw.elsewhere").drawn, name)
    return getattr(import_module(f"kvmviz.draw.{_FIGURES[name]}"), name)
