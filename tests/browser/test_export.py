"""The offline page in a real browser: opened from disk, offline, asking nobody for anything."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kvmviz.check.loading import load_revision
from kvmviz.explorer.offline.document import page as page_text
from tests.browser.offline import TREE, Ask, compare_states, show, written
from tests.browser.pages import Pages


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"))


@pytest.fixture
def offline(pages: Pages, file: Path) -> Iterator[Page]:
    """The page, in a context that has no network; at the end it has asked for nothing and complained of nothing."""
    asked: list[str] = []
    complaints: list[str] = []
    with pages.lent(offline=True, reduced_motion="reduce") as page, ExitStack() as heard:
        hears: dict[Any, Callable[[Any], None]] = {
            "request": lambda request: asked.append(request.url),
            "websocket": lambda socket: asked.append(socket.url),
            "pageerror": lambda error: complaints.append(str(error)),
            "console": lambda message: complaints.append(message.text) if message.type == "error" else None,
        }
        for event, hear in hears.items():
            page.on(event, hear)
            heard.callback(page.remove_listener, event, hear)
        page.goto(file.as_uri())
        page.locator("#kvmviz[data-ready=true]").wait_for()
        yield page
    assert {address.partition("#")[0] for address in asked} == {file.as_uri()}
    assert [text for text in complaints if "Content Security Policy" not in text] == []


def ask(page: Page) -> Ask:
    return page.evaluate


def test_the_address_follows_the_steps_and_the_controls(offline: Page) -> None:
    offline.get_by_test_id("step-next").click()
    offline.get_by_test_id("step-next").click()
    expect(offline).to_have_url(re.compile(r"#tree=1x1x1&fail=all&step=2&revisions=before,v1$"))
    offline.get_by_test_id("hkid").select_option("cache-wb-error")
    expect(offline).to_have_url(re.compile(r"#tree=1x1x1&hkid=cache-wb-error&fail=all&step="))


def test_a_link_is_read_when_the_page_opens(offline: Page, file: Path) -> None:
    offline.goto("about:blank")
    offline.goto(f"{file.as_uri()}#tree=1x1x1&fail=L1@0x0&step=7&revisions=v1")
    expect(offline.get_by_test_id("step-label")).to_have_text(re.compile(r"^7 / "))
    expect(offline.get_by_test_id("stage-b")).to_be_hidden()
    offline.goto(file.as_uri() + "#tree=1x1x1")


def test_after_one_revision_alone_a_second_can_be_chosen_again(offline: Page) -> None:
    second, explorer = offline.get_by_test_id("revision-b"), offline.get_by_test_id("explorer")
    second.focus()
    second.select_option("(none)")
    expect(explorer).to_have_attribute("data-sides", "1")
    expect(second).to_have_value("(none)")
    expect(second).to_be_focused()
    second.select_option("before")
    expect(explorer).to_have_attribute("data-sides", "2")
    expect(offline.get_by_test_id("stage-b")).to_be_visible()
    expect(second).to_be_focused()


def test_what_is_not_carried_is_disabled_with_the_reason(offline: Page) -> None:
    option = offline.locator('select[data-testid="tree"] option[value="1GiB"]')
    expect(option).to_be_disabled()
    expect(option).to_have_attribute("label", re.compile("not in this file"))
    show(ask(offline), "tree=1x1x9")
    expect(offline.get_by_role("alert")).to_contain_text("does not hold that view")


@pytest.mark.parametrize(
    "link", ["fail=%", "tree=1x1x1&colour=red", "tree=<img src=x onerror=alert(1)>", "tree=constructor", "revisions=v9"]
)
def test_a_wrong_link_is_answered_in_a_sentence(offline: Page, link: str) -> None:
    offline.evaluate("link => { location.hash = link; }", link)
    expect(offline.get_by_role("alert")).to_contain_text("This page does not hold that view")
    assert offline.locator("img").count() == 0
    offline.get_by_test_id("step-next").click()
    expect(offline).to_have_url(re.compile(r"#tree=1x1x1&fail=all&step=1&revisions=before,v1$"))


@pytest.mark.parametrize("word", ["abc", "-1", "1e3", "007", ""])
def test_a_step_that_is_no_number_is_answered_in_a_sentence(offline: Page, word: str) -> None:
    offline.evaluate("word => { location.hash = `tree=1x1x1&step=${word}`; }", word)
    expect(offline.get_by_role("alert")).to_have_text(f"step={word}: use a whole number, 0 for before the first event.")


def test_no_link_makes_the_page_name_a_command_that_does_something_else(offline: Page) -> None:
    alert = offline.get_by_role("alert")
    offline.evaluate("location.hash = 'tree=1x1x2&fail=L1@0x200'")
    expect(alert).to_contain_text("kvmviz lab 'tree=1x1x2 fail=L1@0x200 revisions=before,v1'")
    offline.evaluate("""location.hash = "x';reboot;'" """)
    expect(alert).to_have_text("This page does not hold that view.")


def test_pages_and_words_that_are_not_carried_cannot_be_chosen(offline: Page) -> None:
    offline.locator(".kv-pick summary").click()
    boxes = offline.locator(".kv-pages input")
    expect(boxes.and_(offline.locator("[data-fault='L1@0x0']"))).to_be_enabled()
    held = {box.get_attribute("data-fault"): box.is_enabled() for box in boxes.all()}
    assert {fault for fault, enabled in held.items() if enabled} == {"L1@0x0", "L2@0x0", "L3@0x0"}
    assert len(held) > 3
    offline.locator(".kv-pages input[data-fault='L3@0x0']").click()
    expect(offline).to_have_url(re.compile("fail=L2@0x0,L1@0x0"))
    expect(offline.locator(".kv-pages input[data-fault=TDR]")).to_be_disabled()


def test_a_page_that_cannot_be_unpacked_says_so(browser: Browser, file: Path, tmp_path: Path) -> None:
    broken, text = tmp_path / "broken.html", file.read_text(encoding="utf-8")
    broken.write_text(re.sub('(id="kvmviz-carried">.{100})', r"\1*", text), encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    expect(page.locator("#kvmviz")).to_contain_text("This browser cannot unpack the page")
    page.close()


def test_it_is_printed_light_under_the_link_that_leads_back(offline: Page) -> None:
    offline.emulate_media(color_scheme="dark", media="print")
    explorer = offline.get_by_test_id("explorer")
    expect(explorer).to_have_attribute("data-theme", "dark")
    offline.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(explorer).to_have_attribute("data-theme", "light")
    expect(offline.get_by_text("Copy scenario")).to_be_hidden()
    said = offline.evaluate("getComputedStyle(document.getElementById('kvmviz'), '::before').content")
    assert said == '"tree=1x1x1 fail=all step=0 revisions=before,v1"'
    offline.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(explorer).to_have_attribute("data-theme", "dark")
    offline.emulate_media(color_scheme="light", media="screen")


def test_the_policy_refuses_every_request(offline: Page) -> None:
    refused = """() => new Promise(done => {
      document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), { once: true });
      fetch("http://127.0.0.1:9/").catch(() => null);
    })"""
    assert offline.evaluate(f"({refused})()") == "connect-src"


# A file that somebody else gave the reader; its words must be shown, not obeyed.
PATCH = """
import kvmviz
from kvmviz.kvm.tdx import tdx_reclaim_page

class Mine(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(vm, gfn, sp):
        note = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"
        tdx_reclaim_page(vm.host, sp.external_spt)
"""


def test_a_reader_own_revision_stands_beside_its_base_and_its_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PATCH)
    own = load_revision(f"{tmp_path / 'mine.py'}:Mine")
    (tmp_path / "page.html").write_text(page_text([TREE], ["before", "v1", own]), encoding="utf-8")
    page = browser.new_page(offline=True)
    page.on("dialog", lambda _: pytest.fail("the page ran what it carries"))
    page.goto(f"{(tmp_path / 'page.html').as_uri()}#tree=1x1x1&fail=all&step=35&revisions=v1,Mine")
    said = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"
    expect(page.get_by_test_id("panel-code")).to_contain_text(said)
    assert page.locator("img").count() == 0
    page.goto("about:blank")
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_test_id("revision-a")).to_have_value("v1")
    expect(page.get_by_test_id("revision-b")).to_have_value("Mine")
    page.close()


def test_nothing_serious_for_those_who_use_a_reader(offline: Page) -> None:
    found = Axe().run(offline, context="[data-testid=explorer]")
    serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_random_states_are_those_of_the_model(offline: Page) -> None:
    compare_states(ask(offline), 15, 1)


@pytest.mark.slow
def test_many_random_states_are_those_of_the_model(offline: Page) -> None:
    compare_states(ask(offline), 500, 2)


@pytest.mark.slow
def test_the_default_page_is_small(tmp_path: Path) -> None:
    assert len(page_text().encode()) < 600_000
