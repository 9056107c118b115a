"""The explorer in a plain HTML page: the same modules and views, no kernel.

>>> html = page_html(["before", "v1"], ["fail=L1@0x200"])
>>> html.startswith("<!doctype html>") and "<script" in html
True

The page holds the views of the scenarios it was given; it can show these and no others, and says so.
"""

import json
from collections.abc import Sequence
from typing import Any

from kvmviz.draw.lockstep import Lockstep
from kvmviz.explorer.joiner import join, styles
from kvmviz.explorer.payload import skeleton_key, skeleton_of, view_of
from kvmviz.revisions import Revision

_PAGE = "body{margin:0}.kvmviz{min-height:100vh;align-content:start;margin:0 auto}"


def script_json(value: Any) -> str:
    r"""Return JSON that may stand inside a script element.

    >>> script_json("</script>")
    '"\\u003c/script>"'
    """
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def page_html(revisions: Sequence[str | type[Revision]], scenarios: Sequence[str], step: int = 0) -> str:
    """Return one HTML file with the views of these scenarios; the first is shown, at `step`."""
    shown = [Lockstep.of(revisions, line) for line in scenarios]
    views = {str(one.scenario): view_of(one) for one in shown}
    skeletons = {skeleton_key(one.scenario, one.tree): skeleton_of(one.scenario, one.tree) for one in shown}
    data = {"views": views, "skeletons": skeletons, "first": next(iter(views)), "step": step}
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>kvmviz</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_PAGE}{styles()}</style></head>\n"
        f'<body><main id="kvmviz"></main>\n'
        f'<script type="application/json" id="kvmviz-data">{script_json(data)}</script>\n'
        f'<script type="module">\n{join("page.js")}</script></body></html>\n'
    )
