"""The offline page in a real browser: opened from disk, offline, asking nobody for anything."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kvmviz import run
from kvmviz.explorer.payload import view
from kvmviz.export import space
from kvmviz.export.page import page as page_text

TREE, REVISIONS = "1x1x1", ("before", "v1")

STATES = """side => Object.fromEntries([...document.querySelectorAll(`[data-testid="stage-${side}"] [data-page]`)]
  .map(node => [node.dataset.page, node.dataset.state]))"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("page") / "explorer.html"
    found.write_text(page_text([TREE], REVISIONS), encoding="utf-8")
    return found


@pytest.fixture
def offline(browser: Browser, file: Path) -> Iterator[Page]:
    """The page, in a context that has no network; at the end it has asked for nothing and complained of nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    page.locator("#kvmviz[data-ready=true]").wait_for()
    yield page
    context.close()
    assert {address.partition("#")[0] for address in asked} == {file.as_uri()}
    assert [text for text in complaints if "Content Security Policy" not in text] == []


def show(page: Page, link: str) -> None:
    page.evaluate("link => { location.hash = link.replaceAll(' ', '&') }", link)
    page.wait_for_function("link => decodeURIComponent(location.hash) === '#' + link.replaceAll(' ', '&')", arg=link)
    page.evaluate("() => new Promise(done => setTimeout(done))")


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


def test_what_is_not_carried_is_disabled_with_the_reason(offline: Page) -> None:
    option = offline.locator('select[data-testid="tree"] option[value="1GiB"]')
    expect(option).to_be_disabled()
    expect(option).to_have_attribute("label", re.compile("not in this file"))
    show(offline, "tree=1x1x9")
    expect(offline.get_by_role("alert")).to_contain_text("does not hold that view")


def test_the_policy_refuses_every_request(offline: Page) -> None:
    refused = """() => new Promise(done => {
      document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), { once: true });
      fetch("http://127.0.0.1:9/").catch(() => null);
    })"""
    assert offline.evaluate(f"({refused})()") == "connect-src"


def test_nothing_serious_for_those_who_use_a_reader(offline: Page) -> None:
    found = Axe().run(offline, context="[data-testid=explorer]")
    serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []


def compare_states(page: Page, number: int, seed: int) -> None:
    """Hold random states of the page against the model: every page's state, the log, the figures."""
    chance = random.Random(seed)
    known = [*space.combinations(TREE), *(one for one in space.single([TREE]) if one.tree.text == TREE)]
    for _ in range(number):
        scenario = chance.choice(known)
        want = view(REVISIONS, scenario)
        step = chance.randint(0, len(want["rows"]))
        show(page, f"{scenario} step={step} revisions={','.join(REVISIONS)}")
        for side, name, column in (("a", REVISIONS[0], 0), ("b", REVISIONS[1], 1)):
            taken = [row[column] for row in want["rows"][:step] if row[column] >= 0]
            frame = run(name, scenario).frames[len(taken)]
            states = page.evaluate(STATES, side)
            assert {one: states[one] for one in frame.states if one in states} == {
                one: state for one, state in frame.states.items() if one in states
            }, (str(scenario), step, side)
            assert "S-EPT L1 gfn=0x0" in states
            figures = page.get_by_test_id(f"summary-{side}").text_content() or ""
            assert re.findall(r"(\d+) (?:warning|error line)", figures) == [str(frame.traces), str(frame.lines)]
            assert f"{len(frame.leaked)} leaked" in figures
        heads = page.locator("[data-testid=panel-log] .kv-row:not([hidden]) .kv-head").all_text_contents()
        assert heads == [entry["head"] for entry in want["log"] if entry["row"] <= step]


def test_random_states_are_those_of_the_model(offline: Page) -> None:
    compare_states(offline, 15, 1)


@pytest.mark.slow
def test_many_random_states_are_those_of_the_model(offline: Page) -> None:
    compare_states(offline, 500, 2)


@pytest.mark.slow
def test_the_default_page_is_small(tmp_path: Path) -> None:
    assert len(page_text().encode()) < 600_000
