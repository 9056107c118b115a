"""What becomes of a view when its document is written: live in HTML, a picture with its text in print, else text."""

from html import escape
from pathlib import Path
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.util.osutil import relative_uri

from kvmviz.scenario.link import Link
from kvmviz.sphinx.nodes import kvmviz_frame, kvmviz_link, kvmviz_view
from kvmviz.sphinx.stills import Still, kept
from kvmviz.sphinx.view import View

PAGE: Final = "_static/kvmviz.html"
"""The page with all that the project's views need, below the folder of the built pages."""

BROUGHT: Final = ("kvmviz-frames.js", "kvmviz-frames.css")
"""What a page with a view loads."""

STATIC: Final = Path(__file__).parent / "static"

_NOT_LIVE: Final = frozenset({"epub", "htmlhelp", "qthelp", "applehelp", "devhelp"})
"""Builders of HTML whose readers run no scripts, or open no page beside the one that is read."""


def is_live(builder: Builder) -> bool:
    """Say whether what a builder makes is read in a browser."""
    return builder.format == "html" and builder.name not in _NOT_LIVE


def bring_files(app: Sphinx) -> None:
    """Have Sphinx copy what pages load, where pages are live."""
    if is_live(app.builder):
        app.config.html_static_path = [*app.config.html_static_path, *(str(STATIC / name) for name in BROUGHT)]


def load_files(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any) -> None:
    """Load them in a page that shows a view, and in no other."""
    if doctree is not None and is_live(app.builder) and any(doctree.findall(kvmviz_frame)):
        app.add_js_file("kvmviz-frames.js")
        app.add_css_file("kvmviz-frames.css")


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put in the place of each view and link what this builder can show of it."""
    for view in list(doctree.findall(kvmviz_view)):
        _show(app, view, docname)
    for link in list(doctree.findall(kvmviz_link)):
        link.replace_self(_link(app, link, docname))


def _where(app: Sphinx, link: Link, docname: str) -> str:
    """Return the address of a view as seen from a document's page."""
    page = relative_uri(app.builder.get_target_uri(docname), PAGE)
    return f"{page}#{link.fragment()}"


def _link(app: Sphinx, node: kvmviz_link, docname: str) -> nodes.Node:
    view: View = node["view"]
    link, said, own = view.link(Path(app.srcdir)), node.astext(), node["own"]
    if is_live(app.builder):
        text = nodes.inline(said, said) if own else nodes.literal(said, said)
        uri = _where(app, link, docname)
        return nodes.reference("", "", text, refuri=uri, internal=True, classes=["kvmviz-link"])
    line = nodes.literal(str(link), str(link))
    return nodes.inline("", "", nodes.Text(f"{said} ("), line, nodes.Text(")")) if own else line


def _show(app: Sphinx, node: kvmviz_view, docname: str) -> None:
    view: View = node["view"]
    folder = Path(app.srcdir)
    link, still = view.link(folder), Still(view.lockstep(folder), view.step)
    pictures = _pictures(app, still, f"{link}: {still.said}", docname)
    if is_live(app.builder):
        node.replace_self([kvmviz_frame(uri=_where(app, link, docname), title=f"Explorer: {link}"), *pictures])
        return
    text = nodes.literal_block(still.text, still.text, language="none", force=False, classes=["kvmviz-text"])
    figure = node.parent
    if pictures:
        # Within a paragraph LaTeX sets them side by side.
        node.replace_self(pictures if len(pictures) < 2 else nodes.paragraph("", "", *pictures))
        figure.parent.insert(figure.parent.index(figure) + 1, text)
    else:  # not every writer of text knows what a caption is
        text["ids"] = figure["ids"]
        words = [nodes.paragraph("", "", *one.children) for one in figure.findall(nodes.caption)]
        figure.replace_self([text, *words])


def _pictures(app: Sphinx, still: Still, said: str, docname: str) -> list[nodes.image]:
    """Return what a builder shows instead of the explorer, or prints in its place; none if it shows text alone."""
    types = app.builder.supported_image_types
    if "image/svg+xml" in types:
        files = [_keep(app, still.svg(), ".svg")]
    elif "image/png" in types and app.builder.format == "latex":
        files = [_keep(app, one, ".png") for one in still.pngs()]
    else:
        return []
    for file in files:
        app.env.images.add_file(docname, file)
    size = {"width": f"{96 // len(files)}%"} if len(files) > 1 else {}
    return [nodes.image(uri=file, alt=said, candidates={"*": file}, classes=["kvmviz-still"], **size) for file in files]


def _keep(app: Sphinx, content: bytes, suffix: str) -> str:
    return str(kept(content, Path(app.doctreedir) / "kvmviz", suffix))


def visit_frame(translator: Any, node: kvmviz_frame) -> None:
    """Write the frame that opens the project's page at this view, with a way to open it alone."""
    uri, title = escape(node["uri"], quote=True), escape(node["title"], quote=True)
    translator.body.append(
        f'<iframe class="kvmviz-live" title="{title}" loading="lazy" src="{uri}"></iframe>\n'
        f'<p class="kvmviz-alone"><a href="{uri}" target="_blank">Open this view on a page of its own</a></p>\n'
    )


def depart_frame(_translator: Any, _node: kvmviz_frame) -> None:
    """Nothing is left open."""
