"""Live in HTML, a picture and its text in what is printed, text elsewhere; a wrong line is a warning."""

import html
import re
from pathlib import Path

import pytest

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.still import still_text
from tests.sphinx.projects import built, project, scenarios

LINE = "tree=1x1x1 fail=L1@0x0"
VIEW = f".. kvmviz:: {LINE}\n   :revisions: before, v1\n   :step: 40\n   :caption: One page *fails*.\n   :name: one\n"
TEXT = still_text(Lockstep.of(["before", "v1"], LINE), 40)


def test_a_page_of_html_opens_the_explorer_at_the_view(tmp_path: Path) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": VIEW, "plain.rst": "Nothing.\n"}))
    page = html.unescape((out / "index.html").read_text())
    assert warnings == ""
    assert 'src="_static/kvmviz.html#tree=1x1x1&fail=L1@0x0&step=40&revisions=before,v1"' in page
    assert re.search(r'<figure[^>]* id="one"', page)
    assert "One page <em>fails</em>." in page
    assert "kvmviz-frames.js" in page
    assert "kvmviz-frames" not in (out / "plain.html").read_text()
    assert scenarios(out) == [LINE]


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml"])
def test_every_way_of_html_finds_the_one_page(builder: str, tmp_path: Path) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": "", "sub/page.rst": VIEW}), builder)
    page = out / ("sub/page/index.html" if builder == "dirhtml" else "index.html")
    [address] = re.findall(r'<iframe[^>]* src="([^#]*)#', page.read_text())
    assert warnings == ""
    assert (page.parent / address).resolve() == out / "_static" / "kvmviz.html"
    assert len(scenarios(out)) == 1


@pytest.mark.parametrize(("builder", "file"), [("text", "index.txt"), ("man", "guest.7"), ("texinfo", "*.texi")])
def test_what_is_text_gets_the_text(builder: str, file: str, tmp_path: Path) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": VIEW}), builder)
    written = next(out.glob(file)).read_text()
    missing = [line for line in TEXT.splitlines() if line.strip() not in written.replace("@@", "@").replace("\\-", "-")]
    assert (warnings, missing) == ("", [])
    assert "fails" in written
    assert not list(out.rglob("kvmviz*"))


def test_latex_gets_a_picture_of_each_side_and_the_text(tmp_path: Path) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": VIEW}), "latex")
    written = next(out.glob("*.tex")).read_text()
    pictures = re.findall(r"includegraphics\[.*?\]\{\{(kvmviz-\w+)\}\.png\}", written)
    assert warnings == ""
    assert len(set(pictures)) == 2
    assert all((out / f"{name}.png").read_bytes().startswith(b"\x89PNG") for name in pictures)
    assert "traces          " in written
    assert r"\caption{One page \sphinxstyleemphasis{fails}.}" in written


def test_a_book_gets_the_picture_and_the_text_and_no_script(tmp_path: Path) -> None:
    out, warnings = built(project(tmp_path, {"index.rst": VIEW}), "epub")
    page = (out / "index.xhtml").read_text()
    [picture] = re.findall(r'<img[^>]* src="(_images/kvmviz-\w+\.svg)"', page)
    assert warnings == ""
    assert 'data-page="S-EPT L1 gfn=0x0"' in (out / picture).read_text()
    assert "pages leaked" in page
    assert "<iframe" not in page
    assert not (out / "_static" / "kvmviz.html").exists()


def test_myst_has_the_same_directive_and_the_same_role(tmp_path: Path) -> None:
    myst = "```{kvmviz} " + LINE + "\n:step: 40\n```\n\n{kvmviz}`watch <fail=TDR step=3>`\n"
    out, warnings = built(project(tmp_path, {"index.rst": VIEW, "page.md": myst}))
    pages = [html.unescape((out / name).read_text()) for name in ("index.html", "page.html")]
    assert warnings == ""
    assert len({re.search(r'<iframe[^>]* src="([^"]*)"', page)[1] for page in pages}) == 1  # type: ignore[index]
    assert 'href="_static/kvmviz.html#tree=1x1x3&fail=TDR&step=3&revisions=before,v1"' in pages[1]
    assert scenarios(out) == [LINE, "tree=1x1x3 fail=TDR"]


def test_without_a_step_it_opens_where_the_sides_part(tmp_path: Path) -> None:
    shown = ".. kvmviz:: fail=L1@0x200\n\n.. kvmviz::\n   :revisions: v1\n   :tree: 1x1x1\n"
    out, _ = built(project(tmp_path, {"index.rst": shown}), "text")
    text = (out / "index.txt").read_text()
    assert "step=62 revisions=before,v1" in text
    last = len(Lockstep.of(["v1"], "tree=1x1x1"))
    assert f"tree=1x1x1 step={last} revisions=v1" in text


@pytest.mark.parametrize(
    ("line", "options", "said"),
    [
        ("fail=L9@0x0", "", "L9@0x0"),
        ("fail=all hkid=free", "", "hkid=free: use released"),
        ("fail=all", ":step: 999", "step=999: there is no such step; use 0 to "),
        ("fail=all", ":step: some", "use a whole number"),
        ("fail=all", ":revisions: v9", "v9"),
        ("fail=all", ":revisions: nowhere.c", "nowhere.c"),
        ("fail=all", ":revisions: v1 landed", ":revisions: v1 landed has a space; a comma stands between two, as in b"),
        ("fail=all", ":tree: 1x1x1 vcpus=1", ":tree: 1x1x1 vcpus=1 has a space; it takes one word."),
        ("tree=1x1x1", ":tree: 1x1x3", "tree stands in the line and in :tree: below it; give it once."),
    ],
)
def test_a_wrong_line_is_a_warning_with_file_and_line(line: str, options: str, said: str, tmp_path: Path) -> None:
    wrong = f"Some text.\n\n.. kvmviz:: {line}\n   {options}\n\nMore text.\n"
    out, warnings = built(project(tmp_path, {"page.rst": wrong}), "text")
    [warning] = warnings.splitlines()
    assert warning.startswith(f"{tmp_path / 'page.rst'}:6: WARNING: kvmviz: ")
    assert said in warning
    assert "More text." in (out / "page.txt").read_text()


def test_a_wrong_line_of_myst_and_of_a_role_has_its_place_too(tmp_path: Path) -> None:
    wrong = "```{kvmviz} fail=never\n```\n\n{kvmviz}`fail=nowhere`\n"
    _, warnings = built(project(tmp_path, {"page.md": wrong}), "text")
    assert [line.split(": ")[0] for line in warnings.splitlines()] == [
        f"{tmp_path / 'page.md'}:3",
        f"{tmp_path / 'page.md'}:6",
    ]


def test_sphinx_is_imported_where_sphinx_loads_it_and_nowhere_else() -> None:
    package = Path(__file__).parents[2] / "kvmviz"
    loads = re.compile(r"^\s*(?:from|import) (?:sphinx|docutils)\b", re.MULTILINE)
    importing = {path.relative_to(package).parts[0] for path in package.rglob("*.py") if loads.search(path.read_text())}
    assert importing == {"sphinx"}
