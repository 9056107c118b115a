"""The site, built with a small page and opened from disk: the course is alive in it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from docs import __main__ as site
from docs import live
from kvmviz.revisions import REVISIONS

SMALL = live.Live("explorer.html", ("1x1x3",), (REVISIONS["before"], REVISIONS["v1"]))


@pytest.mark.slow
def test_the_site_is_built_and_the_course_is_alive_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    monkeypatch.setattr(live, "PAGES", (SMALL,))
    monkeypatch.setattr(site, "BUILDS", tmp_path / "build")
    monkeypatch.setattr(site, "LINK", tmp_path / "site")
    assert site.main() == 0
    assert (tmp_path / "site").is_symlink()
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "site" / "notebooks" / "01-who-finds-out.html").as_uri())
    frame = page.frame_locator("iframe.explorer").first
    page.locator("iframe.explorer").first.scroll_into_view_if_needed()
    frame.get_by_test_id("step-next").click()
    assert (frame.get_by_test_id("step-label").text_content() or "").startswith("65 /")
    page.close()
    assert all(url.startswith("file:") for url in asked)
