"""The directive and the role: read where a document has them, a wrong one a warning with file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from kvmviz.errors import KvmvizError
from kvmviz.sphinx.nodes import kvmviz_link, kvmviz_view, views_of
from kvmviz.sphinx.view import View, file_of, own_names, read

LOG: Final = logging.getLogger(__name__)


def _view(env: BuildEnvironment, line: str, options: dict[str, Any], location: Any) -> View | None:
    """Return what is shown and note it for the project; warn and return None if the line is wrong."""
    try:
        return noted(env, line, options)
    except KvmvizError as error:
        LOG.warning("kvmviz: %s", error, location=location, type="kvmviz", subtype="line")
        return None


def noted(env: BuildEnvironment, line: str, options: Mapping[str, Any]) -> View:
    """Return what a line of the document that is read shows, and note it; raise KvmvizError with one sentence."""
    folder = Path(env.srcdir)
    chosen = {key: options.get(key) for key in ("revisions", "step", "tree")}
    files = own_names(env.config.kvmviz_revisions, folder)
    view = read(line, folder=folder, below=Path(env.docname).parent, own=files, **chosen)
    for name in view.revisions:
        if (file := file_of(name, folder)) is not None:
            env.note_dependency(str(file))
    views_of(env).setdefault(env.docname, []).append(view)
    return view


def figure_of(view: View, *classes: str) -> nodes.figure:
    """Return what stands in a document for a view until it is written."""
    return nodes.figure("", kvmviz_view(view=view), classes=["kvmviz", *classes])


class ViewDirective(SphinxDirective):
    """`.. kvmviz:: SCENARIO`, with a caption, a name and a class as figures have them."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "revisions": directives.unchanged_required,
        "step": directives.unchanged_required,
        "tree": directives.unchanged_required,
        "caption": directives.unchanged_required,
        "name": directives.unchanged,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """Return a figure with the view in it; nothing if the line is wrong."""
        line = " ".join(self.arguments)
        view = _view(self.env, line, self.options, self.get_location())
        if view is None:
            return []
        figure = figure_of(view, *self.options.get("class", []))
        for node in (figure, *figure.children):
            self.set_source_info(node)
        if "caption" in self.options:
            words, messages = self.state.inline_text(self.options["caption"], self.lineno)  # in Sphinx 5 too
            figure += nodes.caption(self.options["caption"], "", *words, *messages)
        self.add_name(figure)
        return [figure]


class ViewRole(ReferenceRole):
    """``:kvmviz:`fail=all step=3` ``, or with words of one's own: ``:kvmviz:`watch it <fail=all step=3>` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a link; what was written, if the line is wrong."""
        view = _view(self.env, self.target, {}, self.get_location())
        if view is None:
            return [nodes.literal(self.rawtext, self.title)], []
        return [kvmviz_link(self.rawtext, self.title, view=view, own=self.has_explicit_title)], []
