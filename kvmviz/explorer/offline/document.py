"""The page itself: front end, styles and what it carries in one HTML text that asks nobody for anything."""

import re
from collections.abc import Sequence
from importlib.resources import files

from kvmviz.explorer.joiner import join, styles
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.encode import carried, first_of, packed
from kvmviz.explorer.wire import Page
from kvmviz.revisions import REVISIONS, Revision, RevisionError, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link

Which = str | type[Revision]

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'"
)
"""What the page may do: run what stands in it, and nothing else; no request is allowed."""

_BODY = (
    "body{margin:0}"
    ".kvmviz{min-height:100vh;align-content:start;margin:0 auto;box-shadow:0 0 0 100vmax var(--kv-canvas)}"
    ".kvmviz .kv-chip:disabled,.kv-seg :disabled,.kv-pages label:has(:disabled){opacity:.5;cursor:not-allowed}"
    "noscript,.kv-unable{font:1em sans-serif;padding:1em}"
)


def page(trees: Sequence[str] = space.TREES, revisions: Sequence[Which] = tuple(REVISIONS)) -> str:
    """Return the page; raise ScenarioError or RevisionError with one sentence."""
    chosen = [revision(one) for one in revisions]
    names = [one.name for one in chosen]
    check_names(names)
    for tree in space.small(trees):
        space.pages(tree)
    single = space.single(trees, pamt=any(one.dynamic_pamt for one in chosen))
    return whole(carried(trees, chosen, _first(trees, _pair(chosen)), single), chosen)


def page_of(scenarios: Sequence[str], revisions: Sequence[Which], step: int = 0) -> str:
    """Return a page of these scenarios alone; it opens on the first, at this step."""
    return whole(page_data(scenarios, revisions, step), [revision(one) for one in revisions])


def page_data(scenarios: Sequence[str], revisions: Sequence[Which], step: int = 0) -> Page:
    """Return what such a page carries."""
    chosen, single = [revision(one) for one in revisions], [Scenario.parse(one) for one in scenarios]
    check_names([one.name for one in chosen])
    names = ",".join(one.name for one in chosen[:2])
    return carried((), chosen, Link.parse(f"{single[0]} step={step} revisions={names}"), single)


def check_names(names: Sequence[str]) -> None:
    """Raise RevisionError if a page cannot tell these revisions apart, or no link can name one."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise RevisionError(f"{twice} is named twice; name each revision once.")
    strange = next((name for name in names if not re.fullmatch(r"[\w.+-]+", name)), None)
    if strange is not None:
        raise RevisionError(f"A link cannot name the revision {strange!r}; use letters, digits and . + - _ only.")


def _pair(chosen: Sequence[type[Revision]]) -> list[str]:
    """Return which revisions a page opens on: somebody's own beside its base, or the first two."""
    names = [one.name for one in chosen]
    own = next((one for one in chosen if one.base_name), None)
    if own is None or len(names) == 1:
        return names[:2]
    others = [name for name in names if name != own.name]
    return [own.base_name if own.base_name in others else others[0], own.name]


def _first(trees: Sequence[str], names: Sequence[str]) -> Link:
    """Return what a page opens on: one page of the usual tree fails, or every page of another."""
    fault = "tree=1x1x3 fail=L1@0x200" if "1x1x3" in trees else f"tree={trees[0]} fail=all"
    return Link.parse(f"{fault} step=0 revisions={','.join(names)}")


def whole(data: Page, revisions: Sequence[type[Revision]], within: str = "") -> str:
    """Return the page that carries this data of these revisions; it shows its first view before it unpacks the rest."""
    first = first_of(data, revisions)
    return html(packed(data), within, packed(first) if first else "")


def html(data: str, within: str = "", first: str = "") -> str:
    """Return the page that carries this data, with more of its head, and with what the first view needs."""
    style = f"{_BODY}{styles()}{(files('kvmviz.explorer.offline') / 'print.css').read_text(encoding='utf-8')}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<title>kvmviz: a TDX guest is torn down</title><meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<style>{style}</style>{within}</head>\n"
        '<body><main id="kvmviz"></main><noscript>This page needs JavaScript; it asks nobody for anything.</noscript>\n'
        f'<script type="text/plain" id="kvmviz-first">{first}</script>\n'
        f'<script type="module" async>\n{join("offline.js")}</script>\n'
        f'<script type="text/plain" id="kvmviz-carried">{data}</script></body></html>\n'
    )
