"""A notebook's stored explorer in documentation that MyST-NB makes: live, where a stored output is a picture.

What the explorer stores says in its metadata which view it shows; MyST-NB asks
`StoredView`, an entry point of kvmviz, before it shows an output itself.  A view that
the project cannot find, as that of a class defined in the notebook, stays what was
stored.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from docutils import nodes

from kvmviz.errors import KvmvizError
from kvmviz.sphinx.reading import figure_of, noted


class StoredView:
    """What shows the outputs of explorers; MyST-NB finds it by its entry point."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = ()

    @staticmethod
    def handle_mime(renderer: Any, data: Any, _inline: bool) -> list[nodes.Element] | None:
        """Return the view that an output of whatever kind belongs to, None if it belongs to none that can be shown."""
        link = data.output_metadata.get("kvmviz", {}).get("link")
        env = getattr(renderer.renderer, "sphinx_env", None)
        if not link or env is None or "kvmviz_revisions" not in env.config:  # kvmviz.sphinx is not in use
            return None
        try:
            return [figure_of(noted(env, link, {}))]
        except KvmvizError:
            return None
