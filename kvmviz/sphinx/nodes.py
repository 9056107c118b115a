"""What stands in a document for a view, from when it is read until it is written, and what a project keeps of them."""

from docutils import nodes
from sphinx.environment import BuildEnvironment

from kvmviz.sphinx.view import View


class kvmviz_view(nodes.General, nodes.Element):  # noqa: N801  # docutils calls its nodes so
    """A view that a directive shows; `view` is a `View`."""


class kvmviz_link(nodes.General, nodes.Inline, nodes.TextElement):  # noqa: N801
    """A view that a role leads to; `view` is a `View`, its text what is to be clicked."""


class kvmviz_frame(nodes.General, nodes.Element):  # noqa: N801
    """The live explorer in a page of HTML; `uri` is where it opens, `title` what it is called."""


def views_of(env: BuildEnvironment) -> dict[str, list[View]]:
    """Return what each document of the project shows; it is kept between builds."""
    found: dict[str, list[View]] = vars(env).setdefault("kvmviz_views", {})  # Sphinx keeps what it finds there
    return found
