"""The page as a document: what it carries, what it shows first, what it may do, and which revisions it opens on."""

import re

import pytest

from kvmviz.explorer.offline.document import _first, _pair, check_names, html, page_data, page_of, whole
from kvmviz.explorer.offline.encode import first_of, packed, unpacked
from kvmviz.revisions import REVISIONS, Revision, RevisionError
from kvmviz.scenario.link import Link

BOTH = [REVISIONS["before"], REVISIONS["v1"]]


def parts(text: str) -> dict[str, str]:
    found = dict(re.findall(r'<script type="text/plain" id="kvmviz-(\w+)">(.*?)</script>', text))
    assert set(found) == {"first", "carried"}
    return found


def test_a_page_carries_its_data_and_before_it_what_the_first_view_needs() -> None:
    lines = ["fail=L1@0x200", "fail=none"]
    data, text = page_data(lines, ["before", "v1"], 5), page_of(lines, ["before", "v1"], 5)
    first = first_of(data, BOTH)
    assert first is not None
    assert parts(text) == {"first": packed(first), "carried": packed(data)}
    assert text == whole(data, BOTH)
    alone = parts(page_of(lines[:1], ["v1"]))
    assert alone["first"] == "" and unpacked(alone["carried"])["revisions"] == ["v1"]
    assert text.index('id="kvmviz-first"') < text.index('type="module"') < text.index('id="kvmviz-carried"')
    opened = Link.parse(data["first"])
    assert (str(opened.scenario), opened.step) == ("tree=1x1x3 fail=L1@0x200", 5)
    assert opened.revisions == ("before", "v1")


def test_a_page_may_ask_nobody_and_has_a_place_for_more_of_a_head() -> None:
    text = html("DATA", "<!-- more -->", "FIRST")
    assert parts(text) == {"first": "FIRST", "carried": "DATA"}
    assert text.index("<!-- more -->") < text.index("</head>")
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0]
    assert policy.startswith("default-src 'none';") and "http" not in policy
    assert parts(html("DATA"))["first"] == ""


def test_a_page_opens_on_a_reader_s_own_beside_its_base() -> None:
    class Mine(Revision, base="v1"):
        pass

    names = {"before": REVISIONS["before"], "v1": REVISIONS["v1"], "Mine": Mine, "landed": REVISIONS["landed"]}
    for given, pair in (
        (("before", "v1", "landed"), ["before", "v1"]),
        (("before", "v1", "Mine"), ["v1", "Mine"]),
        (("landed", "Mine"), ["landed", "Mine"]),
        (("Mine", "v1"), ["v1", "Mine"]),
        (("Mine",), ["Mine"]),
        (("v1",), ["v1"]),
    ):
        assert _pair([names[name] for name in given]) == pair, given


def test_a_page_opens_on_one_fault_of_the_usual_tree_or_all_of_another() -> None:
    usual, other = _first(("1x1x1", "1x1x3"), ["v1"]), _first(("1x1x1", "1x2x2"), ["before", "v1"])
    assert str(usual.scenario) == "tree=1x1x3 fail=L1@0x200" and usual.revisions == ("v1",)
    assert str(other.scenario) == "tree=1x1x1 fail=all" and other.revisions == ("before", "v1")


def test_names_that_a_page_cannot_tell_apart_or_link_to_are_refused() -> None:
    check_names(["v1", "v1+17", "My_patch.2"])
    with pytest.raises(RevisionError, match="v1 is named twice"):
        check_names(["before", "v1", "v1"])
    for strange in ("a b", "", "a,b"):
        with pytest.raises(RevisionError, match="A link cannot name the revision"):
            check_names(["v1", strange])
