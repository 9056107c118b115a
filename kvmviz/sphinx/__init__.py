"""The explorer in anybody's Sphinx documentation, live in HTML and a still picture with its text elsewhere.

In `conf.py`:

    extensions = ["kvmviz.sphinx"]

In a page, and as a MyST directive alike:

    .. kvmviz:: fail=L1@0x200
       :revisions: before, v1
       :step: 62
       :caption: One page fails.

and :kvmviz:`fail=all step=3` for a link within a sentence.  What all directives of a
project show is collected and written once, into one page beside the others.  It
needs Sphinx, which whoever builds such documentation has, and the base install of
kvmviz; nothing else of kvmviz imports Sphinx.
"""

from typing import TYPE_CHECKING, Any, Final

from kvmviz.version import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ENVIRONMENT: Final = 1
"""Number of the form in which views are kept between builds; another one has everything read anew."""


def setup(app: "Sphinx") -> dict[str, Any]:
    """Add the directive, the role, what makes pages of them, and the settings; Sphinx calls it."""
    from kvmviz.sphinx import carrying, nodes, pages, reading

    app.add_config_value("kvmviz_trees", None, "env", [list, tuple, type(None)])
    app.add_config_value("kvmviz_revisions", [], "env", [list, tuple])
    app.add_config_value("kvmviz_model", __version__, "env", [str])  # another kvmviz may say something else: read anew
    app.add_node(nodes.kvmviz_view)
    app.add_node(nodes.kvmviz_link)
    app.add_node(nodes.kvmviz_frame, html=(pages.visit_frame, pages.depart_frame))
    app.add_directive("kvmviz", reading.ViewDirective)
    app.add_role("kvmviz", reading.ViewRole())
    app.connect("builder-inited", pages.bring_files)
    app.connect("doctree-resolved", pages.resolve)
    app.connect("html-page-context", pages.load_files)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("build-finished", carrying.write)
    return {
        "version": __version__,
        "env_version": ENVIRONMENT,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _purge(_app: "Sphinx", env: "BuildEnvironment", docname: str) -> None:
    """Forget what a document showed: it is read anew, or gone."""
    from kvmviz.sphinx.nodes import views_of

    views_of(env).pop(docname, None)


def _merge(_app: "Sphinx", env: "BuildEnvironment", docnames: set[str], other: "BuildEnvironment") -> None:
    """Take over what another process read."""
    from kvmviz.sphinx.nodes import views_of

    views_of(env).update({name: views for name, views in views_of(other).items() if name in docnames})
