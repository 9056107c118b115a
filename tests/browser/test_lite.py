"""The course with nothing installed, in Chromium and Firefox: each notebook runs to its end and asks nobody else."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from docs.lite.__main__ import build
from kvmviz import run
from kvmviz.scenario.link import Link
from tests.browser.chromium import browser_is_required
from tests.browser.engines import what_is_missing
from tests.browser.lite import (
    ANSWER,
    LEFT,
    OPENED,
    RUN,
    SHOWN,
    STEP_AND_TOGGLE,
    Opened,
    in_chromium,
    in_firefox,
    served,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("npm"), reason="no npm, which brings Python for the browser: apt install npm"),
]

NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))
PATCH = next(path for path in NOTEBOOKS if path.stem.endswith("write-your-own-patch"))
LONG = ("04", "07", "08", "10", "11")
"""Those that run whole spaces or many patches, half a minute or more in a browser: a marathon."""

MEGABYTES = 60

RESULTS = "from kvmviz.course import class_results; raise ValueError(class_results())"

ENDLESS = """import kvmviz
class Endless(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(vm, gfn, sp):
        while sp: pass
kvmviz.run(Endless, "tree=1x1x1")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built") / "lite"
    build(target)
    return target


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as found:
        yield found


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def lite(
    request: pytest.FixtureRequest, browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    if request.param == "chromium":
        with in_chromium(browser, address) as opened:
            yield opened
        return
    if missing := what_is_missing("firefox"):
        (pytest.fail if browser_is_required() else pytest.skip)(missing)
    with in_firefox(tmp_path_factory.mktemp("firefox"), address) as opened:
        yield opened


def ends(path: Path) -> list[tuple[int, int, int]]:
    """Traces, error lines and leaked pages on the left of each explorer, when nothing fails: the model's answer."""
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
    links = [Link.parse(said["link"]) for one in outputs if (said := one.get("metadata", {}).get("kvmviz"))]
    runs = [run((link.revisions or ("",))[0], link.scenario.with_(fail="none")).summary for link in links]
    return [(one.traces, one.lines, one.leaked_count) for one in runs]


def figures(shown: str) -> tuple[int, ...]:
    found = re.search(r"(\d+) traces? .*?(\d+) error lines? .*?(\d+) leaked", shown)
    assert found, shown
    return tuple(map(int, found.groups()))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(one, id=one.stem, marks=[pytest.mark.marathon] if one.name.startswith(LONG) else [])
        for one in NOTEBOOKS
    ],
)
def test_a_notebook_runs_to_its_end_and_asks_nobody_else(path: Path, lite: Opened) -> None:
    lite.open(path.name)
    assert lite.ask(OPENED, None) == [path.name], "a link opens its own notebook alone"
    lite.run_all()
    left = lite.ask(LEFT, None)
    assert left["complaints"] == []
    assert [one for one in left["prompts"] if not re.fullmatch(r"\[\d+\]:", one)] == []
    assert len(left["prompts"]) > 3
    assert [figures(one) for one in lite.ask(STEP_AND_TOGGLE, None)] == ends(path)
    lite.ask(ANSWER, None)
    if path == PATCH:
        assert lite.ask(f"() => {SHOWN}.textContent.includes('Nothing dangerous happens to any page')", None)
    assert lite.errors() == []
    assert lite.asked == []


def test_answers_outlive_the_kernel(lite: Opened) -> None:
    """In JupyterLab, too; and what a reader writes that does not end is stopped."""
    lite.open(NOTEBOOKS[0].name)
    lite.ask(RUN, "from kvmviz.course import ask; ask('00-first-warning').answer('1')")
    lite.open(NOTEBOOKS[0].name, lab=True)
    assert "00-first-warning" in lite.ask(RUN, RESULTS)
    assert "does not end and was stopped after 4,000 lines" in lite.ask(RUN, ENDLESS)


def test_what_is_asked_of_others_and_complained_about_would_be_seen(lite: Opened) -> None:
    """Runs last in each browser, since it leaves its traces."""
    lite.ask("() => fetch('http://elsewhere.example/').catch(() => null).then(() => null)", None)
    lite.ask("() => { console.error('one complaint'); setTimeout(() => { throw new Error('another'); }); }", None)
    lite.wait("() => new Promise(done => setTimeout(() => done(true), 500))")
    assert any("elsewhere.example" in one for one in lite.asked)
    assert [any(words in one for one in lite.errors()) for words in ("one complaint", "another")] == [True, True]


def test_the_folder_is_small_enough_to_be_put_anywhere(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < MEGABYTES * 1e6
