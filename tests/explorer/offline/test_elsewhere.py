"""What a page may tell its reader to open elsewhere is what every scenario takes, whatever else it says."""

import re
from itertools import product

import pytest

from kvmviz.errors import KvmvizError
from kvmviz.explorer.offline.elsewhere import sayable
from kvmviz.explorer.payload import choices
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link
from kvmviz.scenario.scenario import DEFAULTS

OFFERED = {key: words for key, words in choices(()).items() if key in DEFAULTS}
EDGES = {
    "status": ["0x0", "0x1", "0xffffffffffffffff", "0x10000000000000000", "0x01", "0xA", "SUCCESS", ""],
    "boot": ["second:0s", "second:9999s", "second:10000s", "second:01s", "third", "first "],
    "vcpus": ["0", "3", "64", "65", "-1", "01", ""],
    "hkid": ["assigned", "free", "flushvp-not-done,released", "flushvp.not.done"],
    "zap": ["prove.mmu"], "leaves": ["here"], "panic": ["maybe"], "region": ["thin"], "remove": ["fails.once"],
}  # fmt: skip
SAID = {("hkid", "assigned"), ("vcpus", "3"), ("boot", "second:9999s"), ("status", "0xffffffffffffffff")}
"""Words that no control offers and every scenario takes."""

TRIED = [(key, word) for key, offered in OFFERED.items() if key not in ("tree", "fail")
         for word in (*offered, *EDGES[key])]  # fmt: skip
BESIDE = ["", *(f"{key}={word}" for key, words in OFFERED.items() for word in words
                if key != "remove" and re.fullmatch(sayable()[key] or ".*", word))]  # fmt: skip
"""What a page may say besides; what `remove` needs of `region`, the page looks at itself."""


def parses(line: str) -> bool:
    try:
        Scenario.parse(line)
    except KvmvizError:
        return False
    return True


@pytest.mark.parametrize(("key", "word"), TRIED)
def test_a_word_is_sayable_if_no_other_word_keeps_it_from_being_taken(key: str, word: str) -> None:
    others = [one for one in BESIDE if not one.startswith((f"{key}=", "region=" if key == "remove" else f"{key}="))]
    needs = "region=dense " if key == "remove" else ""
    taken = all(parses(f"{one} {needs}{key}={word}") for one in others)
    sayable_ = re.fullmatch(sayable()[key], word) is not None
    assert taken or not sayable_
    assert sayable_ or not taken or (word not in OFFERED[key] and (key, word) not in SAID)
    assert taken or (key, word) not in SAID


def test_every_key_of_a_scenario_is_there_and_trees_and_tables_are_left_to_the_page() -> None:
    found = sayable()
    assert found.keys() == {*DEFAULTS, "revisions", "control"}
    assert [key for key, pattern in found.items() if not pattern] == ["tree", "fail"]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_one_revision_or_two_of_the_project_s_own_may_be_named(count: int) -> None:
    pattern = re.compile(sayable()["revisions"])
    for names in product([*REVISIONS, "v9", "v1.17", ""], repeat=count):
        taken = bool(pattern.fullmatch(",".join(names)))
        assert taken == (set(names) <= {*REVISIONS} and count in (1, 2)), names
        if taken:
            assert Link.parse(f"fail=all&revisions={','.join(names)}").revisions == names


@pytest.mark.parametrize("page", ["TDR", *(f"TDCS[{n}]" for n in range(7)), "TDVPR[0]", "TDCS0", "TDCS[00]"])
def test_a_control_page_that_every_td_has_may_fail(page: str) -> None:
    has = all(parses(f"vcpus={vcpus} fail={page}") for vcpus in (0, 1, 64))
    assert bool(re.fullmatch(sayable()["control"], page)) == has
