"""How results show themselves in a notebook, attached from above: the results know nothing of pictures or widgets.

>>> from kvmviz.record.runs import run
>>> svg(run("v1", "fail=L1@0x200")).startswith("<svg")
True
>>> live(3) is None
True

`attach` tells IPython how to show each type; `kvmviz` calls it where IPython
runs.  Another module may register its own type with `svg.register` or
`live.register`.
"""

import sys
from functools import singledispatch
from importlib.util import find_spec
from typing import Any

from kvmviz.check.report import Report
from kvmviz.compare.comparison import Comparison
from kvmviz.race.result import Race
from kvmviz.record.runs import Run

SVG = "image/svg+xml"


@singledispatch
def svg(value: Any) -> str:
    """Return the picture of a result as SVG; raise TypeError for what has none."""
    raise TypeError(f"no picture of {type(value).__name__}")


@svg.register
def _(value: Run) -> str:
    from kvmviz.draw.picture import draw_svg

    shown = value.folded
    return draw_svg(shown, len(shown.steps))


@svg.register
def _(value: Comparison) -> str:
    from kvmviz.draw.lockstep import Lockstep
    from kvmviz.draw.still import still_svg

    rows = tuple((row.a, row.b, row.same) for row in value.rows)
    return still_svg(Lockstep({"a": value.a, "b": value.b}, rows), len(rows))


@svg.register
def _(value: Report) -> str:
    from kvmviz.draw.report import report_svg

    return report_svg(value)


@svg.register
def _(value: Race) -> str:
    from kvmviz.draw.lanes import race_svg

    return race_svg(value)


@singledispatch
def live(_value: Any) -> Any:
    """Return the widget of a result; None for what has none, and where no widgets are installed."""
    return None


@live.register
def _(value: Comparison) -> Any:
    if find_spec("anywidget") is None:
        return None
    from kvmviz.explorer.comparison import ComparisonView

    return ComparisonView(value).widget


@live.register
def _(value: Race) -> Any:
    if not (value.first and value.first.steps) or find_spec("ipywidgets") is None:
        return None
    from kvmviz.explorer.race import RaceView

    return RaceView(value).widget


def attach() -> bool:
    """Tell a running IPython how to show every registered type; return whether there is one.

    Widgets are for a kernel: a terminal would build them and show nothing.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return False
    for kind in svg.registry.keys() - {object}:
        shell.display_formatter.formatters[SVG].for_type(kind, svg)
    if hasattr(shell, "kernel"):
        for kind in live.registry.keys() - {object}:
            shell.display_formatter.mimebundle_formatter.for_type(kind, bundle)
    return True


def bundle(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the widget of a result for IPython, which adds text and picture for where no widgets run."""
    widget = live(value)
    if widget is None:
        return {}, {}
    from kvmviz.draw.standin import put_stand_in

    put_stand_in(svg(value))
    view = "application/vnd.jupyter.widget-view+json"
    data = widget._repr_mimebundle_()
    return {view: data[view]}, {}
