"""On a projector: no names of the call stack overlap or are cut, and nothing lies on the pictures, at any step."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kvmviz.explorer.offline.document import page_of
from kvmviz.explorer.payload import named_cases
from tests.browser.conftest import Open
from tests.browser.pages import Pages
from tests.browser.test_explorer import EXPLORER

SIZES = [(800, 600), (1024, 768), (1280, 720), (1280, 1024), (1920, 1080), (3840, 2160)]
TELLING = [(800, 600), (3840, 2160)]
"""The least and the greatest; the others are a marathon."""

AT_EVERY_STEP = """root => {
    const label = root.querySelector('[data-testid=step-label]');
    const press = key => root.dispatchEvent(new KeyboardEvent('keydown', {key}));
    const box = node => {
        const found = node.getBoundingClientRect();
        return found.width && found.height ? found : null;
    };
    const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1
        && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    const meet = (a, b) => a && b && a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const faults = [];
    const stack = root.querySelector('.kv-spine');
    const beside = root.querySelectorAll('.kv-why,.kv-spine,.kv-legend,.kv-transport');
    press('Home');
    for (let last = ''; label.textContent !== last; press('ArrowRight')) {
        last = label.textContent;
        const parts = [...stack.querySelectorAll('.kv-fn,.kv-callers,.kv-border span,.kv-cols > *,.kv-mark,.kv-cur')]
            .map(node => [node, box(node)]).filter(([, found]) => found);
        if (!parts.some(([node]) => node.className === 'kv-fn') && last[0] !== '0') faults.push([last, 'nothing']);
        parts.forEach(([node, found], i) => {
            if (!within(found, box(stack))) faults.push([last, 'outside', node.textContent]);
            const { clientWidth, scrollWidth } = node;
            if (clientWidth && scrollWidth > clientWidth + 1) faults.push([last, 'cut', node.textContent]);
            for (const [other, place] of parts.slice(i + 1))
                if (!node.contains(other) && meet(found, place))
                    faults.push([last, 'overlap', node.textContent, other.textContent]);
        });
        for (const view of root.querySelectorAll('.kv-view')) {
            const picture = box(view.querySelector('.kv-picture'));
            for (const node of [...view.querySelectorAll('.kv-sideline,.kv-head'), ...beside])
                if (meet(box(node), picture)) faults.push([last, 'on the picture', node.className]);
        }
        if (root.scrollWidth > root.clientWidth) faults.push([last, 'wider than its place']);
    }
    return faults;
}"""

Project = Callable[..., Page]


@pytest.fixture
def project(pages: Pages, tmp_path: Path) -> Iterator[Project]:
    """Open a case in projector mode in a window of that size."""
    opened = ExitStack()

    def project_(scenario: str, revisions: tuple[str, str], size: tuple[int, int], step: int = 0) -> Page:
        file = tmp_path / "explorer.html"
        file.write_text(page_of([scenario], revisions, step), encoding="utf-8")
        page = opened.enter_context(pages.lent(*size, reduced_motion="reduce"))
        page.goto(file.as_uri())
        page.get_by_test_id("projector").click()
        return page

    with opened:
        yield project_


def faults(page: Page) -> list[Any]:
    found: list[Any] = page.get_by_test_id("explorer").evaluate(AT_EVERY_STEP)
    return found


@pytest.mark.parametrize(
    "size", [(800, 600), *(pytest.param(size, marks=pytest.mark.slow) for size in ((1024, 768), (1920, 1080)))]
)
@pytest.mark.parametrize("scenario", ["leaves=present", "tree=2x1x1 fail=all zap=prove-mmu"])
def test_the_deepest_stacks_fit(project: Project, scenario: str, size: tuple[int, int]) -> None:
    assert faults(project(scenario, ("before", "v1"), size)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "size", [size if size in TELLING else pytest.param(size, marks=pytest.mark.marathon) for size in SIZES]
)
def test_every_step_of_every_case_fits(project: Project, size: tuple[int, int]) -> None:
    for _, scenario, revisions in named_cases():
        page = project(scenario, revisions, size)
        assert faults(page) == [], scenario
        page.close()


@pytest.mark.parametrize(("size", "shown"), [((1280, 720), 4), ((1024, 768), 4)])
def test_the_frames_that_tell_of_the_patch_are_all_there(project: Project, size: tuple[int, int], shown: int) -> None:
    page = project("fail=L1@0x200", ("before", "v1"), size, 62)
    expect(page.locator(".kv-frame .kv-fn").filter(visible=True)).to_have_count(shown)
    expect(page.locator(".kv-callers")).to_have_text("\u2026 11 callers above")
    page.get_by_test_id("explorer").press("Escape")
    expect(page.locator(".kv-frame .kv-fn").filter(visible=True)).not_to_have_count(shown)


@pytest.mark.slow
def test_in_a_notebook_no_card_is_higher_than_what_it_holds(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="lab", width=1920, height=1080)
    explorer = notebook.explorer()
    explorer.get_by_test_id("projector").click()
    bottom = "getBoundingClientRect().bottom"
    empty = f"view => view.{bottom} - view.querySelector('.kv-picture > svg').{bottom}"
    for side in ("a", "b"):
        assert explorer.locator(f".kv-view[data-side={side}]").evaluate(empty) < 20
        box = explorer.get_by_test_id(f"stage-{side}").locator(".kvpic").first.bounding_box()
        assert box
        assert box["height"] < box["width"]
    notebook.screenshot("projector-in-lab", explorer)
