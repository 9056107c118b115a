"""The folder with nothing installed: its parts, each without a build.  `tests/browser/test_lite.py` opens the whole."""

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest

from docs.lite import __main__ as lite
from docs.lite import bring, contents, early, packed, python
from kvmviz import browser, draw
from kvmviz.draw import elsewhere, rendering

NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))
HERE = Path(bring.__file__).parent


def pins(file: Path) -> dict[str, str]:
    lines = [line.split(" ;")[0] for line in file.read_text().splitlines() if "==" in line]
    return dict(line.split("==", 1) for line in lines)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A page that lends what it has, as a browser's does."""
    lent = SimpleNamespace(
        draw=lambda dot, form: json.dumps({"output": f"<{form}>", "errors": []}),
        figures=lambda: json.dumps({"lives('v1', 'fail=none')": "<img>"}),
    )
    monkeypatch.setattr(browser, "_page", lambda: lent)
    for module in (rendering, elsewhere):
        monkeypatch.setattr(module, "has_page", lambda: True)
    monkeypatch.setattr(rendering, "IN_BROWSER", True)
    rendering.render.cache_clear()
    return lent


def test_each_figure_of_the_course_is_stored_by_its_call(tmp_path: Path) -> None:
    contents.write_figures(NOTEBOOKS, tmp_path / "figures.json")
    stored = json.loads((tmp_path / "figures.json").read_text())
    called = {name for name in draw.__all__ for path in NOTEBOOKS if f'"{name}(' in path.read_text()}
    assert {key.partition("(")[0] for key in stored} == called == set(draw.__all__)
    assert elsewhere.call("lives", "v1", "fail=none") in stored
    assert all("<img " in html for html in stored.values())


def test_the_list_of_contents_names_every_notebook_and_they_are_the_same(tmp_path: Path) -> None:
    contents.write_contents(NOTEBOOKS, tmp_path)
    listed = json.loads((tmp_path / "api/contents/all.json").read_text())["content"]
    assert [one["path"] for one in listed] == [path.name for path in NOTEBOOKS]
    for path in NOTEBOOKS:
        one, other = (json.loads((folder / path.name).read_text()) for folder in (tmp_path / "files", path.parent))
        assert [c["source"] for c in one["cells"]] == ["".join(c["source"]) for c in other["cells"]]


def test_a_wheel_is_locked_by_what_it_says_of_itself(tmp_path: Path) -> None:
    wheel = tmp_path / "Some_Thing-2.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as files:
        files.writestr("some_thing-2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: Some_Thing\nVersion: 2.0\n")
    entry = python.entry(wheel)
    assert (entry["name"], entry["version"], entry["file_name"]) == ("some-thing", "2.0", wheel.name)
    assert len(entry["sha256"]) == 64


def test_what_is_packed_comes_out_as_it_was_without_what_nobody_reads(tmp_path: Path) -> None:
    inside = {"a/__init__.py": "x = 1\n", "a/empty.py": "", "b.bin": "\x00é", "kvmviz/notebooks/00.ipynb": "{}"}
    unread = {"a-1.dist-info/RECORD": "a/__init__.py", "a-1.data/data/etc/a.json": "{}"}
    wheels = [tmp_path / f"{name}-1-py3-none-any.whl" for name in "ab"]
    for wheel, held in zip(wheels, (inside, {"c.py": "y", **unread}), strict=True):
        with ZipFile(wheel, "w") as files:
            for name, text in held.items():
                files.writestr(name, text)
    packed.pack(wheels, tmp_path / packed.NAME)
    whole = gzip.decompress((tmp_path / packed.NAME).read_bytes())
    at = 4 + int.from_bytes(whole[:4], "little")
    found = {}
    for name, size in json.loads(whole[4:at]):
        found[name], at = whole[at : at + size].decode(), at + size
    assert at == len(whole)
    assert found == {name: text for name, text in inside.items() if "notebooks" not in name} | {"c.py": "y"}
    again = (tmp_path / packed.NAME).read_bytes()
    packed.pack(wheels, tmp_path / packed.NAME)
    assert (tmp_path / packed.NAME).read_bytes() == again


def test_pages_begin_python_once_and_only_as_they_are_known(tmp_path: Path) -> None:
    worker = tmp_path / early.KERNELS.replace("*", "abc")
    for file in (worker, tmp_path / "python" / "start.mjs", tmp_path / "lab" / "index.html"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<html><head><title>x</title></head></html>")
    early.start_early(tmp_path, ["lab"])
    assert (tmp_path / "lab/index.html").read_text().count(early.TAG) == 1
    assert f'"../{worker.relative_to(tmp_path)}"' in (tmp_path / "python/worker.mjs").read_text()
    assert (tmp_path / "python/early.js").exists()
    (tmp_path / "lab/index.html").write_text("no page")
    with pytest.raises(SystemExit, match="no head to put a script into"):
        early.start_early(tmp_path, ["lab"])
    worker.unlink()
    with pytest.raises(SystemExit, match="there are 0"):
        early.start_early(tmp_path, ["lab"])


def test_nothing_that_starts_names_another_address() -> None:
    told = json.dumps([lite.configuration(["kvmviz"]), lite.SETTINGS])
    assert "//" not in told
    assert '"disablePyPIFallback": true' in told
    assert not any("http" in (HERE / name).read_text() for name in ("start.mjs", "early.js"))


def test_the_browser_has_the_versions_that_the_tests_have() -> None:
    tested, wheels = pins(Path("constraints.txt")), pins(HERE / "wheels.txt")
    differ = {name for name in tested.keys() & wheels.keys() if tested[name] != wheels[name]}
    assert differ <= {"cloudpickle", "packaging"}, "pin them alike, or say here why not"
    assert {"anywidget", "ipywidgets", "traitlets", "graphviz", "tqdm", "unidiff"} <= tested.keys() & wheels.keys()
    assert pins(HERE / "tools.txt")["anywidget"] == wheels["anywidget"]  # its two halves talk to each other


def test_what_is_pinned_is_brought_once(tmp_path: Path) -> None:
    brought = []
    file = tmp_path / "pins.txt"
    for text in ("a==1", "a==1", "a==2"):
        file.write_text(text)
        bring.once(tmp_path / "it", file, lambda folder, _: brought.append(folder))
    assert len(brought) == 2


def test_the_page_draws(page: SimpleNamespace) -> None:
    assert rendering.render("digraph {}", "svg") == b"<svg>"
    page.draw = lambda dot, form: json.dumps({"output": None, "errors": [{"message": "syntax error in line 1"}]})
    with pytest.raises(rendering.DrawError, match="could not draw the svg: syntax error in line 1"):
        rendering.render("digraph {", "svg")


def test_another_page_draws_nothing_and_says_so(page: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "has_page", lambda: False)
    with pytest.raises(rendering.DrawError, match="this page brings no Graphviz"):
        rendering.render("digraph {x}", "svg")


def test_a_figure_is_the_stored_one_where_nothing_draws_it(
    page: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw, "IN_BROWSER", True)
    monkeypatch.setattr(draw, "find_spec", lambda name: None)
    found = draw.lives("v1", "fail=none")._repr_mimebundle_()
    assert found["text/html"].startswith("<img><p")
    assert "A stored picture" in found["text/html"]
    assert "has none stored of lives('v1', 'fail=all')" in str(draw.lives("v1", "fail=all"))


def test_a_figure_is_drawn_where_matplotlib_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "IN_BROWSER", True)
    assert draw.lives.__module__ == "kvmviz.draw.figures_time"


def test_no_page_is_at_hand_here() -> None:
    assert not browser.has_page()
