"""Pairs of Dynamic PAMT in the explorer: counted in sight, told of in the ledger, by the side that has them."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from kvmviz.explorer.offline.document import page_of
from tests.browser.conftest import Open
from tests.browser.pages import Pages

LINE = "fail=L1@0x200 region=scattered"
CELL = f"from kvmviz import Explorer\nExplorer({LINE!r}, revisions=('landed', 'dpamt'))"


def look(explorer: Locator) -> None:
    """Hold the end of the story, as it is shown, against what the model says: two pages, and a pair for each."""
    explorer.get_by_test_id("step-last").click()
    pairs = explorer.get_by_test_id("summary-b").locator(".kv-p")
    expect(pairs).to_contain_text("2")
    expect(pairs).to_contain_text("PAMT pairs 16")
    expect(explorer.get_by_test_id("summary-a").locator(".kv-p")).to_be_hidden()
    expect(explorer.get_by_test_id("panel-why")).to_contain_text("dpamt: 2 pages (8 KiB) leaked, 2 PAMT pairs (16 KiB)")
    explorer.get_by_role("tab", name="ledger").click()
    row = explorer.locator('[data-ledger="pair region 16"]')
    expect(row.locator("th, td")).to_contain_text(
        ["PAMT pair of region 16", "B TDX module", "B leaked", "B nobody (a leaked page)", "B 8,192", ""]
    )
    expect(explorer.locator('[data-ledger="pair region 17"]')).to_contain_text("B freed")
    lost = explorer.locator("[data-ledger]").evaluate_all("rows => rows.slice(0, 4).map(row => row.dataset.ledger)")
    assert sorted(lost) == ["S-EPT L1 gfn=0x200", "TDR", "pair region 0", "pair region 16"]


@pytest.mark.slow
def test_a_notebook_counts_pairs(open_notebook: Open) -> None:
    notebook = open_notebook([CELL], app="doc")
    explorer = notebook.page.get_by_test_id("explorer")
    look(explorer)
    notebook.screenshot("pairs", explorer)


@pytest.mark.parametrize("width", [1280, 760])
def test_a_page_counts_pairs(pages: Pages, tmp_path: Path, width: int) -> None:
    file = tmp_path / "pairs.html"
    file.write_text(page_of([LINE], ["landed", "dpamt"]), encoding="utf-8")
    with pages.lent(width, 900, reduced_motion="reduce") as page:
        page.goto(file.as_uri())
        look(page.get_by_test_id("explorer"))
        head = page.locator('.kv-view[data-side="b"] .kv-head')
        assert head.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_what_a_step_rests_on_is_said_by_side(pages: Pages, tmp_path: Path) -> None:
    file = tmp_path / "rests.html"
    file.write_text(page_of([LINE], ["landed", "dpamt"]), encoding="utf-8")
    with pages.lent(reduced_motion="reduce") as page:
        page.goto(file.as_uri())
        explorer = page.get_by_test_id("explorer")
        explorer.get_by_test_id("next-warning").click()
        rests = explorer.get_by_test_id("panel-why").locator("small")
        expect(rests).to_contain_text("A, recorded runs; B, read in [PATCH v6 09/11]")
