"""Everything that a page carries, as one JSON value in which nothing stands twice, deflated.

The browser's half is `carried.js` and `find.js`.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby, permutations
from typing import Any

from tqdm.auto import tqdm

from kvmviz.explorer.collected import Collected
from kvmviz.explorer.encode import Encoder, Sources
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.elsewhere import sayable
from kvmviz.explorer.offline.runner import collect_all
from kvmviz.explorer.offline.space import Family
from kvmviz.explorer.payload import choices, single_of, skeleton_of
from kvmviz.explorer.wire import Page, Skeleton
from kvmviz.record.runs import shown_tree
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link

PART = 120
"""Families that a process gets at once."""


def packed(value: Any) -> str:
    """Return a value as JSON, deflated, in base64: the same bytes for the same value.

    It is in small blocks, so that each table has codes for its own digits, in which
    short repetitions save nothing: a tenth less than as zlib would do it by itself.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    deflate = zlib.compressobj(9, memLevel=5, strategy=zlib.Z_FILTERED)
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode()


def unpacked(text: str) -> Any:
    """Return the value again.

    >>> unpacked(packed({"a": [1, None]}))
    {'a': [1, None]}
    """
    return json.loads(zlib.decompress(base64.b64decode(text)))


def carried(trees: Sequence[str], revisions: Sequence[type[Revision]], first: Link, single: Sequence[Scenario]) -> Page:
    """Return what the page of these trees, and of single scenarios, holds; `first` is what it opens on."""
    few = space.small(trees)
    wanted = [*(one for tree in few for one in space.families(tree)), *(Family(one, alone=True) for one in single)]
    parts = list(_parts(wanted))
    found = Collected()
    for part in tqdm(collect_all(parts, revisions), "kvmviz export", len(parts), disable=None, leave=False):
        found.merge(part)
    names = [one.name for one in revisions]
    sources = Sources()
    encoder = Encoder(found, names, [found.at[name] for name in names], sources)
    tables = encoder.tables(permutations(range(len(names)), 2))
    shown = [shown_tree(revisions, one) for one in single]
    return {
        **tables, "common": sources.common(), "first": first.fragment(),
        "single": [single_of(*one) for one in zip(single, shown, strict=True)],
        "trees": {tree: space.pages(tree) for tree in few},
        "dimensions": space.DIMENSIONS, "sayable": sayable(), "family": space.FAMILY, "choices": choices(names, trees),
        "layouts": _layouts(few, list(zip(single, shown, strict=True))),
    }  # fmt: skip


def _parts(families: Sequence[Family]) -> Iterator[Sequence[Family]]:
    """Yield what processes get, in order: a large tree alone, as it takes as long as many small ones."""
    for large, some in groupby(families, lambda one: space.is_large(str(one.base.tree))):
        kept, most = list(some), 1 if large else PART
        yield from (kept[n : n + most] for n in range(0, len(kept), most))


def first_of(page: Page, revisions: Sequence[type[Revision]]) -> Page | None:
    """Return what a page needs for its first view, to be unpacked before all the rest; None if that is all."""
    if len(page["at"]) == 1:
        return None
    link = Link.parse(page["first"])
    shown = [one for name in link.revisions or () for one in revisions if one.name == name]
    return {**carried((), shown, link, [link.scenario]), "choices": page["choices"]}


def _layouts(trees: Sequence[str], single: Sequence[tuple[Scenario, Any]]) -> dict[str, Skeleton]:
    """Return the pictures by their keys."""
    whole = [Scenario.parse(f"tree={tree}") for tree in trees]
    drawn = [skeleton_of(one, tree) for one, tree in [*((one, one.tree) for one in whole), *single]]
    return {one["key"]: one for one in drawn}
