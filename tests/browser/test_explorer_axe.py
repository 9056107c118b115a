"""Reachable and named for everybody: axe-core, scoped to the explorer, finds nothing serious."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open

EXPLORER = "from kvmviz import Explorer\nExplorer('hkid=assigned fail=L1@0x200 step=60')"
GRAVE = ("serious", "critical")


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_notebook: Open, theme: Any) -> None:
    notebook = open_notebook([EXPLORER], app="doc", height=1400)
    notebook.set_theme(theme)
    explorer = notebook.explorer()
    expect(explorer).to_have_attribute("data-theme", theme)
    explorer.get_by_test_id("more").click()
    explorer.get_by_role("tab", name="ledger").click()
    grave: list[str] = []
    for prepare in ("", "predict-mode", "projector", "help"):
        if prepare:
            explorer.get_by_test_id(prepare).click()
        found = Axe().run(notebook.page, context="[data-testid=explorer]").response["violations"]
        grave += [f"{prepare}: {v['id']}: {n['html'][:160]}" for v in found if v["impact"] in GRAVE for n in v["nodes"]]
        if prepare == "projector":
            explorer.focus()
            notebook.page.keyboard.press("Escape")
    assert grave == []


def test_the_live_region_says_each_step_in_words(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    explorer.focus()
    notebook.page.keyboard.press("d")
    step = explorer.get_by_test_id("step-label").inner_text().replace(" / ", " of ")
    expect(explorer.get_by_test_id("live")).to_contain_text(f"Step {step}.")


def test_every_control_has_a_name_and_can_be_reached(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    unnamed = explorer.evaluate(
        """root => [...root.querySelectorAll('button, select, input, summary')].filter(node => node.checkVisibility())
            .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.length))
            .map(node => node.outerHTML)"""
    )
    assert unnamed == []
    assert (
        explorer.evaluate('root => root.querySelectorAll(\'button[tabindex="-1"], select[tabindex="-1"]\').length') == 0
    )
