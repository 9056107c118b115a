"""The offline page in Firefox and in WebKit: what Chromium is asked in test_export.py holds there too."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import browser_is_required
from tests.browser.engines import LEFT, RIGHT, Engine, started, what_is_missing
from tests.browser.offline import NOTED, READY, SHOWN, compare_state, compare_states, written
from tests.browser.small import MEASURE

pytestmark = pytest.mark.slow

EXPLORER = "[data-testid=explorer]"

CHOOSE = """([control, word]) => {
  const select = document.querySelector(`select[data-testid="${control}"]`);
  select.value = word;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}"""

# Every way out of a page that a policy can close.
ATTEMPTS = """async address => {
  const add = (tag, what) => document.body.append(Object.assign(document.createElement(tag), what));
  const styled = (what) => add("style", { textContent: what });
  fetch(address).catch(() => null);
  try { new WebSocket(address.replace("http", "ws")); } catch { /* refused at once */ }
  try { new EventSource(address); } catch { /* refused at once */ }
  navigator.sendBeacon(address, "x");
  add("img", { src: address });
  add("script", { src: address });
  add("iframe", { src: address });
  add("object", { data: address });
  add("video", { src: address });
  add("link", { rel: "stylesheet", href: address });
  styled(`@import "${address}"; @font-face { font-family: far; src: url("${address}"); }`);
  styled(`main { font-family: far; background: url("${address}"); }`);
  await new Promise(done => setTimeout(done, 300));
}"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if missing := what_is_missing(request.param):
        (pytest.fail if browser_is_required() else pytest.skip)(missing)
    with started(request.param, tmp_path_factory.mktemp(request.param)) as engine:
        yield engine


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"))


@pytest.fixture
def page(engine: Engine, file: Path) -> Iterator[Engine]:
    """The page, just opened; at the end no script has failed, and nothing was asked for."""
    opened(engine, file, "")
    yield engine
    noted = engine.ask(NOTED, None)
    assert noted == {"errors": "", "refused": "", "requests": []}


def opened(engine: Engine, file: Path, link: str) -> dict[str, Any]:
    engine.open(file.as_uri() + link)
    assert engine.ask(READY, None)
    found: dict[str, Any] = engine.ask(SHOWN, None)
    return found


def test_it_opens_from_disk_and_draws_the_first_picture(page: Engine) -> None:
    compare_state(page.ask, "tree=1x1x1 fail=all", 0)


def test_arrow_keys_step_and_the_address_follows(page: Engine) -> None:
    page.press(EXPLORER, RIGHT * 40 + LEFT * 3)
    compare_state(page.ask, "tree=1x1x1 fail=all", 37)
    rested = "() => new Promise(done => setTimeout(() => done(location.hash), 1000))"
    assert page.ask(rested, None) == "#tree=1x1x1&fail=all&step=37&revisions=before,v1"


def test_a_toggle_shows_another_run_of_the_model(page: Engine) -> None:
    page.ask(CHOOSE, ["hkid", "cache-wb-error"])
    step = int(page.ask(SHOWN, None)["step"].split(" / ")[0])
    compare_state(page.ask, "tree=1x1x1 fail=all hkid=cache-wb-error", step)
    assert "hkid=cache-wb-error" in page.ask(SHOWN, None)["hash"]


def test_a_link_is_read_when_the_page_opens(page: Engine, file: Path) -> None:
    shown = opened(page, file, "#tree=1x1x1&fail=L1@0x0&step=7&revisions=before,v1")
    assert shown["step"].startswith("7 / ")
    compare_state(page.ask, "tree=1x1x1 fail=L1@0x0", 7)


def test_narrow_it_fits(page: Engine) -> None:
    narrow = """() => new Promise(done => {
        document.getElementById('kvmviz').style.width = '320px';
        setTimeout(done, 500);
    })"""
    page.ask(narrow, None)
    page.press(EXPLORER, RIGHT * 30)
    assert page.ask(f"() => ({MEASURE})(document.querySelector('{EXPLORER}'))", None) == []


def test_random_states_are_those_of_the_model(page: Engine) -> None:
    compare_states(page.ask, 20, 3)


def test_whatever_it_tries_nothing_leaves_the_page(engine: Engine, file: Path) -> None:
    opened(engine, file, "")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        engine.ask(ATTEMPTS, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        with pytest.raises(BlockingIOError):
            listener.accept()
    refused = set(engine.ask(NOTED, None)["refused"].split())
    assert {"connect-src", "img-src", "font-src"} <= refused
    assert {one.removesuffix("-elem") for one in refused} >= {"script-src", "style-src"}
