"""What Python sends and what the front end reads are said to be the same: `wire.py` beside `types.js`."""

import re
from importlib.resources import files
from typing import Any

import pytest

from kvmviz.explorer import wire
from kvmviz.explorer.payload import skeleton_of
from kvmviz.scenario import Scenario
from tests.explorer.views import sent

TYPES = (files("kvmviz.explorer") / "static" / "types.js").read_text(encoding="utf-8")


def in_front_end(name: str) -> dict[str, bool]:
    """The fields that a type has in the front end, and whether each is always there."""
    if listed := re.search(rf"@typedef \{{object\}} {name}\b[^\n]*\n((?: \* @property[^\n]*\n)+)", TYPES):
        found = re.findall(r"@property \{.*\} (\[?)(\w+)", listed[1])
        return {field: not bracket for bracket, field in found}
    inline = re.search(rf"@typedef \{{(?:(\w+) & )?\{{([^\n]*)\}}\}} {name}\b", TYPES)
    assert inline is not None, f"types.js has no {name}"
    own = {field: not mark for field, mark in re.findall(r"(?:^|, )(\w+)(\??): ", inline[2])}
    return (in_front_end(inline[1]) if inline[1] else {}) | own


@pytest.mark.parametrize(
    ("name", "shape"),
    [("Skeleton", wire.Skeleton), ("Common", wire.Common), ("Carried", wire.Carried), ("Answer", wire.Answer),
     ("PageData", wire.Page), ("CodePair", wire.CodePair), ("CauseTable", wire.CauseTable),
     ("ShownState", wire.ShownState)],
)  # fmt: skip
def test_both_sides_have_the_same_fields(name: str, shape: Any) -> None:
    assert in_front_end(name) == {field: field in shape.__required_keys__ for field in shape.__annotations__}


@pytest.mark.parametrize("line", ["fail=L1@0x200", "tree=1TiB hkid=assigned"])
def test_what_is_sent_has_the_fields_that_are_said(line: str) -> None:
    found = sent(line, ["before", "v1"])
    shapes: dict[str, Any] = {"answer": wire.Answer, "layout": wire.Skeleton, "common": wire.Common}
    for value, shape in ((found[name], shape) for name, shape in shapes.items()):
        assert shape.__required_keys__ <= value.keys() <= set(shape.__annotations__)


def test_only_a_folded_tree_counts_pages() -> None:
    assert "times" not in skeleton_of(Scenario.parse("tree=1x1x3"))
