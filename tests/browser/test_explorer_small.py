"""On small screens and under a finger: from 320 px nothing overflows, overlaps or is too small; swipes step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kvmviz.explorer.offline.document import page_of
from tests.browser.pages import Pages
from tests.browser.small import AT_EVERY_STEP, MEASURE

Touch = Callable[..., Page]

FAULTS = "fail=L1@0x200,L2@0x0,L3@0x0,TDR,TDCS[2] hkid=assigned boot=second:60s"


@pytest.fixture
def touch(pages: Pages, tmp_path: Path) -> Iterator[Touch]:
    """Open a case on a screen of that width that is touched."""
    errors: list[str] = []
    opened = ExitStack()

    def complain(error: object) -> None:
        errors.append(str(error))

    def touch_(
        scenario: str,
        width: int,
        step: int = 0,
        height: int = 740,
        revisions: Sequence[str] = ("before", "v1"),
        **context: Any,
    ) -> Page:
        file = tmp_path / "explorer.html"
        file.write_text(page_of([scenario], revisions, step), encoding="utf-8")
        screen = {"has_touch": True, "is_mobile": width < 600, "reduced_motion": "reduce", **context}
        page = opened.enter_context(pages.lent(width, height, **screen))
        page.on("pageerror", complain)
        opened.callback(page.remove_listener, "pageerror", complain)
        page.goto(file.as_uri())
        page.get_by_test_id("explorer").wait_for()
        return page

    with opened:
        yield touch_
    assert errors == []


def faults(page: Page, script: str = MEASURE) -> list[str]:
    found: list[str] = page.get_by_test_id("explorer").evaluate(script)
    return found


@pytest.mark.parametrize("width", [320, 768])
def test_what_is_shown_fits_a_phone_and_a_tablet(touch: Touch, width: int) -> None:
    page = touch(FAULTS, width, 62)
    assert faults(page) == []
    page.get_by_test_id("near-a").tap()
    page.get_by_test_id("more").tap()
    page.get_by_role("tab", name="ledger").tap()
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 768])
def test_one_side_alone_fits(touch: Touch, width: int) -> None:
    assert faults(touch("fail=L1@0x200", width, 62, revisions=("v1",))) == []


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["fail=L1@0x200", FAULTS])
@pytest.mark.parametrize(
    "width", [320, 400, 768, *(pytest.param(width, marks=pytest.mark.marathon) for width in (370, 590))]
)
def test_every_step_fits(touch: Touch, width: int, scenario: str) -> None:
    assert faults(touch(scenario, width), AT_EVERY_STEP) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 590])
def test_every_step_fits_also_from_close_by_with_all_that_opens(touch: Touch, width: int) -> None:
    page = touch("tree=2x1x1 fail=all hkid=assigned leaves=present", width)
    for what in ("near-b", "more"):
        page.get_by_test_id(what).tap()
    page.get_by_role("tab", name="ledger").tap()
    assert faults(page, AT_EVERY_STEP) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", ["tree=1GiB fail=rate:1/10:7", "tree=1x1x9 vcpus=2 fail=all", "tree=1x2x2 fail=all"]
)
@pytest.mark.parametrize("width", [320, 768])
def test_large_trees_fit(touch: Touch, width: int, scenario: str) -> None:
    page = touch(scenario, width, 200)
    if "GiB" in scenario:
        page.locator("[data-group]").first.tap()
    assert faults(page) == []
    page.get_by_test_id("near-a").tap()
    assert faults(page) == []


# What 1280 x 1024 is at 200 % and at 400 %; there a mouse presses, and nothing may stand still over what is read.
@pytest.mark.slow
@pytest.mark.parametrize("zoom", [2, 4])
def test_enlarged_in_a_browser_nothing_is_lost(touch: Touch, zoom: int) -> None:
    page = touch(FAULTS, 1280 // zoom, 62, 1024 // zoom, device_scale_factor=zoom, has_touch=False, is_mobile=False)
    assert faults(page) == []
    position = page.locator(".kv-buttons").evaluate("node => getComputedStyle(node).position")
    assert position == ("static" if zoom == 4 else position)


@pytest.mark.parametrize("opened", ["help", "predict-mode", "pages"])
def test_what_opens_fits_a_phone(touch: Touch, opened: str) -> None:
    page = touch(FAULTS, 320)
    if opened == "pages":
        page.locator(".kv-pick summary").tap()
        box = page.locator(".kv-pages").bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= 320
        return
    page.get_by_test_id(opened).tap()
    if opened == "help":
        page.locator(".kv-glossary summary").tap()
        box = page.get_by_role("dialog").bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= 320
    else:
        page.get_by_test_id("step-last").tap()
        expect(page.get_by_test_id("predict")).to_be_visible()
        assert faults(page) == []


SWIPE = """(root, [selector, x, y]) => {
    const node = root.querySelector(selector);
    const box = node.getBoundingClientRect();
    const at = (dx, dy) => [new Touch({ identifier: 1, target: node,
        clientX: box.left + box.width / 2 + dx, clientY: box.top + box.height / 2 + dy })];
    const tell = (type, touches, changed) => node.dispatchEvent(new TouchEvent(type,
        { bubbles: true, cancelable: true, touches, targetTouches: touches, changedTouches: changed }));
    const kept = [tell('touchstart', at(0, 0), at(0, 0)), tell('touchmove', at(x, y), at(x, y)),
        tell('touchend', [], at(x, y))];
    return kept.every(Boolean);
}"""


@pytest.mark.parametrize(
    ("where", "x", "y", "step"),
    [
        (".kv-why", -90, 10, 63),
        (".kv-why", 90, 10, 61),
        (".kv-picture", -90, 10, 63),
        (".kv-why", -90, 80, 62),
        (".kv-why", 10, 200, 62),
        (".kv-why", -20, 0, 62),
        (".kv-reel", -90, 0, 62),
        (".kv-ledgers", -90, 0, 62),
    ],
)
def test_a_swipe_across_is_a_step_and_any_other_is_the_pages(
    touch: Touch, where: str, x: int, y: int, step: int
) -> None:
    page = touch("fail=L1@0x200", 400, 62)
    if where == ".kv-ledgers":
        page.get_by_role("tab", name="ledger").tap()
    kept = page.get_by_test_id("explorer").evaluate(SWIPE, [where, x, y])
    assert kept, "the page can still scroll"
    expect(page.get_by_test_id("step-label")).to_have_text(f"{step} / 117")


def test_in_a_page_that_was_pinched_larger_a_finger_moves_the_page(touch: Touch) -> None:
    page = touch("fail=L1@0x200", 400, 62)
    action = "node => getComputedStyle(node).touchAction"
    assert page.get_by_test_id("explorer").evaluate(action) == "pan-y pinch-zoom"
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    expect(page.get_by_test_id("explorer")).to_have_attribute("data-zoomed", "")
    page.get_by_test_id("explorer").evaluate(SWIPE, [".kv-why", -90, 10])
    expect(page.get_by_test_id("step-label")).to_have_text("62 / 117")
    assert page.get_by_test_id("explorer").evaluate(action) == "auto"


def test_the_line_scrolls_a_tap_chooses_and_the_flag_stays_in_view(touch: Touch) -> None:
    page = touch("fail=L1@0x200", 320)
    reel = page.locator(".kv-reel")
    assert reel.evaluate("node => node.scrollWidth / node.clientWidth") > 2
    reel.tap(position={"x": 150, "y": 40})
    label = page.get_by_test_id("step-label")
    expect(label).not_to_have_text("0 / 117")
    first = label.inner_text()
    reel.evaluate("node => node.scrollBy(300, 0)")
    expect(label).to_have_text(first)
    page.get_by_test_id("step-last").tap()
    assert faults(page) == []
    page.evaluate("() => new Promise(end => requestAnimationFrame(() => requestAnimationFrame(end)))")
    assert reel.evaluate("node => node.scrollLeft") > 300
    letters = page.locator(".kv-lane").first.bounding_box()
    assert letters
    assert 0 < letters["x"] < 40


@pytest.mark.parametrize(
    ("scheme", "states"),
    [
        ("light", ["", "near-a more predict-mode"]),
        pytest.param("dark", ["", "near-a", "more predict-mode", "help"], marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_on_a_phone(touch: Touch, scheme: Any, states: list[str]) -> None:
    page = touch("hkid=assigned fail=L1@0x200", 400, 60, color_scheme=scheme)
    faulty: list[str] = []
    for state in states:
        for button in state.split():
            page.get_by_test_id(button).tap()
        found = Axe().run(page, context="[data-testid=explorer]").response["violations"]
        faulty += [f"{state}: {v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]
    assert faulty == []


def test_saved_from_a_phone_a_picture_has_all_its_words(touch: Touch) -> None:
    page = touch("fail=L1@0x200", 320, 62)
    assert page.get_by_test_id("stage-a").locator("[data-fits=no]").count() > 0
    with page.expect_download() as download:
        page.get_by_test_id("more").tap()
        page.get_by_test_id("save-svg").tap()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "TDVPR[0]" in text
    assert text.count(">0x400</text>") == 4
    assert page.get_by_test_id("stage-a").locator("[data-fits=no]").count() > 0


def test_a_projector_that_becomes_a_phone_ends(touch: Touch) -> None:
    page = touch("fail=L1@0x200", 1024, 62)
    page.get_by_test_id("projector").tap()
    page.set_viewport_size({"width": 400, "height": 740})
    expect(page.get_by_test_id("projector")).to_have_attribute("aria-pressed", "false")
    assert faults(page) == []
