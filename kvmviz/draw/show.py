"""Pictures of results in a notebook, attached from above: the results themselves know nothing of pictures.

>>> from kvmviz.run import run
>>> svg(run("v1", "fail=L1@0x200")).startswith("<svg")
True

`attach` tells IPython how to show each type; `kvmviz` calls it where IPython
runs.  Another module may register its own type with `svg.register`.
"""

import sys
from functools import singledispatch
from typing import Any

from kvmviz.compare import Comparison
from kvmviz.run import Run

SVG = "image/svg+xml"


@singledispatch
def svg(value: Any) -> str:
    """Return the picture of a result as SVG; raise TypeError for what has none."""
    raise TypeError(f"no picture of {type(value).__name__}")


@svg.register
def _(value: Run) -> str:
    from kvmviz.draw.picture import draw_svg

    return draw_svg(value, len(value.steps or ()))


@svg.register
def _(value: Comparison) -> str:
    from kvmviz.draw.lockstep import Lockstep
    from kvmviz.draw.still import still_svg

    rows = tuple((row.a, row.b, row.same) for row in value.rows)
    return still_svg(Lockstep({"a": value.a, "b": value.b}, rows), len(rows))


def attach() -> bool:
    """Tell a running IPython how to show every registered type; return whether there is one."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return False
    for kind in svg.registry:
        if kind is not object:
            shell.display_formatter.formatters[SVG].for_type(kind, svg)
    return True
