"""The explorer: a thin widget, a few ES modules, and the pages that carry them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kvmviz.explorer.widget import Explorer as Explorer


def __getattr__(name: str) -> Any:
    """Load the widget, which needs the notebook extra, when it is asked for."""
    if name != "Explorer":
        raise AttributeError(f"module 'kvmviz.explorer' has no attribute {name!r}")
    from kvmviz.explorer.widget import Explorer

    return Explorer
