"""The site, built with a small page and opened from disk: the course is alive in it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from docs import __main__ as site
from docs import live, pages, twin
from kvmviz.check.propositions import CLAIMS
from kvmviz.check.propositions.registry import Runs
from kvmviz.course.puzzles import PUZZLES
from kvmviz.revisions import REVISIONS

FRAME = "iframe.kvmviz-live"
WIDTHS = (360, 700, 1024, 1280, 2560)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, but for some of what the explorers' page carries, and some of the claims."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "TREES", ("1x1x3",))
        patch.setattr(live, "REVISIONS_HELD", (REVISIONS["before"], REVISIONS["v1"]))
        patch.setattr(live, "PUZZLES", {"A": PUZZLES["A"]})
        patch.setattr(pages, "put_to_the_test", lambda: [claim.verdict(Runs()) for claim in list(CLAIMS.values())[:6]])
        patch.setattr(twin, "LITE", folder / "not-made")  # whether or not it was made here
        patch.setattr(site, "BUILDS", folder / "build")
        patch.setattr(site, "LINK", folder / "site")
        assert site.main() == 0
    assert (folder / "site").is_symlink()
    return folder / "site"


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_window(width: int, built: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    wider = []
    for file in sorted(built.rglob("*.html")):
        if "_static" not in file.parts:
            page.goto(file.as_uri())
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wider += [f"{file.name}: {over} px"] if over > 0 else []
    page.close()
    assert wider == []


@pytest.mark.slow
def test_the_front_page_opens_on_the_live_explorer_where_the_patch_makes_a_difference(
    built: Path, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((built / "index.html").as_uri())
    frame = page.frame_locator(FRAME)
    box = page.locator(FRAME).bounding_box()
    assert box is not None
    assert box["y"] < 300
    assert "Only before: WARN_ON in handle_removed_pt" in (frame.locator("body").text_content() or "")
    step = (frame.get_by_test_id("step-label").text_content() or "").split(" ")[0]
    frame.get_by_test_id("step-next").click()
    assert (frame.get_by_test_id("step-label").text_content() or "").startswith(f"{int(step) + 1} /")
    page.locator(".ways a").first.click()
    assert page.url.endswith("00-start-here.html")
    page.close()


@pytest.mark.slow
def test_the_course_is_alive_in_the_site(built: Path, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((built / "notebooks" / "01-who-finds-out.html").as_uri())
    frame = page.frame_locator(FRAME).first
    page.locator(FRAME).first.scroll_into_view_if_needed()
    frame.get_by_test_id("step-next").click()
    assert (frame.get_by_test_id("step-label").text_content() or "").startswith("65 /")
    page.close()
    assert all(url.startswith("file:") for url in asked)
