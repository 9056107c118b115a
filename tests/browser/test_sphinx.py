"""The explorer in somebody's documentation, from disk: alive, as light or dark as the page, a picture on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.sphinx.projects import built, project

VIEW = ".. kvmviz:: tree=1x1x1 fail=L1@0x0\n   :step: 10\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("theme", "prefers", "shown"),
    [("alabaster", "dark", "light"), ("furo", "dark", "dark"), ("furo", "light", "light")],
)
def test_it_steps_and_looks_as_the_page_around_it(
    theme: str, prefers: str, shown: str, tmp_path: Path, browser: Browser
) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": VIEW}, f"html_theme = {theme!r}\n"))
    assert warnings == ""
    page = browser.new_page(color_scheme=prefers)  # type: ignore[arg-type]  # one of its words
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((out / "index.html").as_uri())
    frame = page.frame_locator("iframe.kvmviz-live")
    explorer = frame.get_by_test_id("explorer")
    expect(explorer).to_have_attribute("data-theme", shown)
    frame.get_by_test_id("step-next").click()
    expect(frame.get_by_test_id("step-label")).to_contain_text("11 /")
    outside = page.locator("iframe.kvmviz-live")
    inner = explorer.evaluate("element => element.getBoundingClientRect().height")
    expect(outside).not_to_have_css("height", "960px")  # that of a frame that has not heard how high it is
    assert outside.evaluate("frame => frame.clientHeight") >= int(inner)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    still = page.locator("img.kvmviz-still")
    expect(still).to_be_hidden()
    page.emulate_media(media="print")
    expect(outside).to_be_hidden()
    expect(still).to_be_visible()
    page.close()
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    assert said == []
