"""The explorer for everybody, in a plain page: motion, focus, keys, text fields, what is copied, why not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kvmviz.c.revision import from_c
from kvmviz.compare.comparison import compare
from kvmviz.explorer.offline.document import page_of
from tests.browser.pages import Pages
from tests.trying import sampled

Show = Callable[..., Page]

TRANSITION = """root => {
    root.dataset.motion = 'on';
    return getComputedStyle(root.querySelector('.kvpic .body')).transitionDuration;
}"""

FOCUSED = """root => {
    const node = document.activeElement;
    if (!root.contains(node) || node === root) return null;
    const styles = [node, node.nextElementSibling].filter(Boolean).map(found => getComputedStyle(found));
    const outlined = styles.some(style => style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2);
    return [node.dataset.testid || node.getAttribute('aria-label') || node.textContent.trim(), outlined];
}"""


@pytest.fixture
def show(pages: Pages, tmp_path: Path) -> Iterator[Show]:
    """Open a page of the explorer with one scenario; at the end it may not have complained."""
    errors: list[str] = []
    opened = ExitStack()

    def complain(error: object) -> None:
        errors.append(str(error))

    def show_(
        scenario: str,
        step: int = 0,
        others: Sequence[str] = (),
        revisions: Sequence[Any] = ("before", "v1"),
        **context: Any,
    ) -> Page:
        file = tmp_path / "explorer.html"
        file.write_text(page_of([scenario, *others], revisions, step), encoding="utf-8")
        page = opened.enter_context(pages.lent(1280, 1100, **context))
        page.on("pageerror", complain)
        opened.callback(page.remove_listener, "pageerror", complain)
        page.goto(file.as_uri())
        page.get_by_test_id("explorer").wait_for()
        return page

    with opened:
        yield show_
    assert errors == []


@pytest.mark.parametrize(("wish", "seconds"), [("no-preference", "0.18s"), ("reduce", "0s")])
def test_motion_ends_where_the_reader_wants_none(show: Show, wish: Any, seconds: str) -> None:
    page = show("fail=L1@0x200", reduced_motion=wish)
    durations = page.get_by_test_id("explorer").evaluate(TRANSITION).split(", ")
    assert set(durations) == {seconds}


def test_tab_reaches_every_control_and_shows_where_it_is(show: Show) -> None:
    page = show("fail=L1@0x200", 62, ["fail=none", "fail=all"])
    explorer = page.get_by_test_id("explorer")
    explorer.focus()
    reached: dict[str, bool] = {}
    for _ in range(60):
        page.keyboard.press("Tab")
        if found := explorer.evaluate(FOCUSED):
            reached[found[0]] = found[1]
    assert [name for name, outlined in reached.items() if not outlined] == []
    wanted = {"step-first", "step-back", "step-next", "step-last", "play", "previous-warning", "next-warning"}
    wanted |= {"next-difference", "step-slider", "go-to-step", "speed", "revision-a", "revision-b", "tree", "hkid"}
    wanted |= {"fail-none", "fail-all", "status", "more", "copy-scenario", "copy-text", "save-svg", "projector", "help"}
    assert wanted <= set(reached)


def test_no_key_is_taken_from_a_field_that_is_typed_in(show: Show) -> None:
    page = show("fail=L1@0x200", 62)
    field = page.get_by_test_id("go-to-step")
    field.focus()
    for key in ("End", "Home", "ArrowRight", "d", "n"):
        page.keyboard.press(key)
        expect(page.get_by_test_id("step-label")).to_have_text("62 / 117")
    page.get_by_test_id("hkid").focus()
    page.keyboard.press("n")
    expect(page.get_by_test_id("step-label")).to_have_text("62 / 117")
    page.get_by_test_id("explorer").focus()
    page.keyboard.press("p")
    expect(page.get_by_test_id("step-label")).to_have_text("60 / 117")


def test_the_panels_open_by_their_numbers(show: Show) -> None:
    page = show("fail=L1@0x200", 62)
    page.get_by_test_id("explorer").focus()
    for number, panel in enumerate(("why", "code", "stack", "log", "ledger"), 1):
        page.keyboard.press(str(number))
        expect(page.get_by_test_id(f"panel-{panel}")).to_be_focused()


def test_what_is_copied_leads_back_and_fits_a_mail(show: Show) -> None:
    page = show("fail=L1@0x200", 62, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_test_id("copy-scenario").click()
    expect(page.get_by_test_id("live")).to_have_text("Copied.")
    link = "tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1"
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.get_by_test_id("copy-text").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('Log:')")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.isascii()
    assert text.startswith(f"{link}\n")
    assert all(len(line) <= 72 for line in text.splitlines())
    both = compare("before", "v1", "fail=L1@0x200")
    assert f"traces          {both.a.frames[62].traces}" in text


def test_a_trace_that_an_earlier_td_used_up_leads_to_that_td(show: Show) -> None:
    page = show("fail=L1@0x200 boot=second:60s", 61, others=["fail=L1@0x200"])
    log = page.get_by_test_id("panel-log")
    log.get_by_role("button", name="not printed, because").first.click()
    expect(log).to_contain_text("the TD that was torn down 60 s before used it up")
    log.get_by_role("button", name="show that TD").click()
    expect(page.get_by_test_id("boot")).to_have_value("first")
    expect(log.locator(".kv-row").first).to_contain_text("TDX_BUG_ON_3 \u00b7 15 frames")


WIDER = """root => {
    const place = root.getBoundingClientRect();
    const out = '.kv-sr,.kv-defs,.kv-pages,.kv-ledgers';
    const shown = [...root.querySelectorAll('*')].filter(node => !node.closest(out));
    const boxes = shown.map(node => [node.className.baseVal ?? node.className, node.getBoundingClientRect()]);
    const outside = boxes.filter(([, box]) => box.width && box.height
        && (box.right > place.right + 1 || box.left < place.left - 1));
    return [root.scrollWidth - root.clientWidth, outside.map(([name]) => name)];
}"""

FAULTS = "fail=L1@0x200,L2@0x0,L3@0x0,TDR,TDCS[2] hkid=assigned boot=second:60s"


@pytest.mark.parametrize("scenario", sampled([FAULTS, "tree=1GiB fail=rate:1/10:7"], 1))
def test_from_700_pixels_nothing_is_wider_than_its_place(show: Show, scenario: str) -> None:
    page = show(scenario, 62)
    explorer = page.get_by_test_id("explorer")

    def at_any_width() -> dict[int, Any]:
        found = {}
        for width in (700, 820, 1001, 1181, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found[width] = explorer.evaluate(WIDER)
        return {width: wider for width, wider in found.items() if wider != [0, []]}

    assert at_any_width() == {}
    page.get_by_role("tab", name="ledger").click()
    page.locator(".kv-pick summary").click()
    assert at_any_width() == {}
    page.locator(".kv-pick summary").click()
    page.get_by_test_id("predict-mode").click()
    page.get_by_test_id("step-last").click()
    assert at_any_width() == {}


@pytest.mark.parametrize(
    ("width", "projector"), [(700, False), (1280, False), (1920, False), (800, True), (1280, True)]
)
def test_what_the_key_is_fits_its_pill(show: Show, width: int, projector: bool) -> None:
    page = show("hkid=assigned")
    page.set_viewport_size({"width": width, "height": 900})
    if projector:
        page.get_by_test_id("projector").click()
    pill = page.get_by_test_id("stage-a").locator("[data-el=HKID]")
    said = pill.locator(".w-assigned")
    expect(said).to_have_text("assigned" if width == 700 else "HKID assigned")
    word, body = said.bounding_box(), pill.locator(".body").bounding_box()
    assert word
    assert body
    assert word["x"] + word["width"] < body["x"] + body["width"] - 3


def test_with_a_system_own_colours_one_sees_what_is_pressed_and_which_tab_is_on(show: Show) -> None:
    page = show("fail=all", 62, forced_colors="active")
    ground = "node => getComputedStyle(node).backgroundColor"
    pressed, loose = (page.get_by_test_id(name).evaluate(ground) for name in ("fail-all", "fail-none"))
    assert pressed != loose
    line = "node => getComputedStyle(node).borderBottomColor"
    code, ledger = (page.get_by_role("tab", name=name) for name in ("code", "ledger"))
    assert (
        code.evaluate(line)
        != ledger.evaluate(line)
        == page.evaluate(
            """() => { const probe = document.body.appendChild(document.createElement('i'));
            probe.style.color = 'Canvas'; return getComputedStyle(probe).color; }"""
        )
    )


def test_the_number_field_steps_from_what_it_shows(show: Show) -> None:
    page = show("fail=L1@0x200", 62)
    field, label = page.get_by_test_id("go-to-step"), page.get_by_test_id("step-label")
    expect(field).to_have_value("62")
    field.press("ArrowUp")
    expect(label).to_have_text("63 / 117")
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(label).to_have_text("61 / 117")
    page.get_by_test_id("step-next").click()
    expect(field).to_have_value("62")
    expect(label).to_have_text("62 / 117")


C = "\n".join(
    [
        "static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)",
        "{",
        "\tif (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||",
        "\t    tdx_reclaim_page(virt_to_page(sp->external_spt)))",
        "\t\tsp->external_spt = NULL;",
        "}",
    ]
)


@pytest.mark.parametrize("width", [1280, 760])
def test_a_side_from_c_shows_that_c_its_line_lit_with_file_and_number(show: Show, width: int) -> None:
    page = show("fail=L1@0x200", 63, revisions=("before", from_c(C, base="v1", name="Mine")))
    page.set_viewport_size({"width": width, "height": 1100})
    panel = page.get_by_test_id("panel-code").locator(".kv-code").filter(visible=True)
    lit = panel.locator("[data-lit=now]").filter(has_text="external_spt = NULL")
    expect(lit).to_be_visible()
    expect(panel).to_contain_text("Mine.c:5")
    expect(panel).to_contain_text("Python, as the model has it")
    place = page.get_by_test_id("panel-why").get_by_role("button", name="Mine.c:5")
    page.get_by_role("tab", name="ledger").click()
    place.click()
    expect(lit).to_be_visible()
    page.get_by_role("tab", name="ledger").click()
    page.get_by_test_id("panel-stack").get_by_text("tdx_sept_free_private_spt").click()
    expect(lit).to_be_visible()
    page.get_by_test_id("step-first").click()
    expect(place).to_be_hidden()
