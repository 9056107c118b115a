"""A TD as big as real ones in the explorer: what stands for many is counted exactly, at every step."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.explorer.offline.document import page_of
from kvmviz.explorer.payload import skeleton_of
from tests.browser.pages import Pages

SHOWN = """explorer => ({
    pages: Object.fromEntries(
        [...explorer.querySelectorAll('[data-page]')].map(n => [n.dataset.page, n.dataset.state])),
    groups: Object.fromEntries([...explorer.querySelectorAll('[data-group]')].map(n => [n.dataset.group,
        Object.fromEntries([...n.attributes].filter(a => a.name.startsWith('data-count-') && a.value !== '0')
            .map(a => [a.name.slice(11), Number(a.value)]))])),
})"""


def groups_of(lockstep: Lockstep, side: Side, step: int) -> dict[str, dict[str, int]]:
    """What each group must say: bars of folded tables, and twins that stand for several."""
    run = lockstep.runs[side]
    states = run.frames[sum(at is not None for at in lockstep.indices(side)[:step])].states
    found: dict[str, Counter[str]] = {}
    for name, pages in skeleton_of(lockstep.scenario, lockstep.tree)["whole"].items():
        found[name] = Counter[str]()
        for page in pages:
            found[name][states[page]] += run.times(page)
    for level, gfn in lockstep.tree.tables():
        table = f"L{level} gfn={gfn:#x}"
        count = run.times(f"spt {table}")
        if count > 1:
            found[f"{table} x {count}"] = Counter({states[f"spt {table}"]: count})
            found[f"{table} x {count}"][states[f"S-EPT {table}"]] += count
    return {name: dict(counts) for name, counts in found.items()}


@pytest.mark.parametrize(
    "words",
    ["fail=rate:1/1000:7"]
    + [pytest.param(line, marks=pytest.mark.slow) for line in ("fail=L1@0x200", "hkid=assigned vcpus=6")],
)
def test_every_count_is_that_of_the_whole_tree(pages: Pages, tmp_path: Path, words: str) -> None:
    line = f"tree=1TiB {words}"
    lockstep = Lockstep.of(["before", "v1"], line)
    (tmp_path / "page.html").write_text(page_of([line], ["before", "v1"]))
    with pages.lent(1280, 720) as page:
        page.goto((tmp_path / "page.html").as_uri())
        for bar in page.get_by_test_id("stage-a").locator("[data-group]:has([data-bar])").all():
            bar.click(position={"x": 5, "y": 5})
        for step in (0, 30, 62, len(lockstep) // 2, len(lockstep), 40):
            page.get_by_test_id("go-to-step").fill(str(step))
            page.get_by_test_id("go-to-step").press("Enter")
            check(page, lockstep, step)


def check(page: Any, lockstep: Lockstep, step: int) -> None:
    for side, run in lockstep.runs.items():
        frame = run.frames[sum(at is not None for at in lockstep.indices(side)[:step])]
        shown = page.get_by_test_id(f"stage-{side}").evaluate(SHOWN)
        assert {page: frame.states[page] for page in shown["pages"]} == shown["pages"]
        wanted = groups_of(lockstep, side, step)
        assert {name: wanted[name] for name in shown["groups"]} == shown["groups"]
        assert side == "b" or set(shown["groups"]) == set(wanted)
        said = page.get_by_test_id(f"summary-{side}").locator(":scope > span > b").all_text_contents()
        assert [int(re.sub(",", "", text)) for text in said] == [frame.traces, frame.lines, frame.leaked_count]
