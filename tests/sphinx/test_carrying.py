"""One page a project, however often, in whatever order and by however many processes its documents are read."""

from pathlib import Path

import pytest

from kvmviz.sphinx.carrying import Carried
from kvmviz.sphinx.view import read
from tests.sphinx.projects import built, carried, project, scenarios

QUIETER = Path(__file__).parents[2] / "docs" / "examples" / "quieter.c"


def one(line: str, *options: str) -> str:
    return f".. kvmviz:: {line}\n" + "".join(f"   {option}\n" for option in options)


def rewrite(file: Path, text: str) -> None:
    file.write_text(f"Guest\n=====\n\n{text}")


def test_a_directive_that_goes_takes_its_view_with_it(tmp_path: Path) -> None:
    source = project(tmp_path, {"a.rst": one("fail=L1@0x0"), "b.rst": one("fail=TDR", ":revisions: v2"), "c.rst": ""})
    out, _ = built(source)
    assert scenarios(out) == ["tree=1x1x3 fail=L1@0x0", "tree=1x1x3 fail=TDR"]
    assert carried(out)["revisions"] == ["before", "v1", "v2"]
    rewrite(source / "b.rst", "Nothing.\n")
    built(source)
    assert scenarios(out) == ["tree=1x1x3 fail=L1@0x0"]
    assert carried(out)["revisions"] == ["before", "v1"]
    (source / "a.rst").rename(tmp_path / "a.txt")
    rewrite(source / "index.rst", ".. toctree::\n\n   b\n   c\n")
    built(source)
    assert not (out / "_static" / "kvmviz.html").exists()


def test_a_page_that_would_be_the_same_is_not_written_again(tmp_path: Path) -> None:
    source = project(tmp_path, {"a.rst": one("tree=1x1x1"), "b.rst": "Text.\n"})
    page = built(source)[0] / "_static" / "kvmviz.html"
    before = page.stat().st_mtime_ns, page.stat().st_ino
    rewrite(source / "b.rst", "Other text.\n")
    built(source)
    assert (page.stat().st_mtime_ns, page.stat().st_ino) == before
    rewrite(source / "a.rst", "Text before.\n\n" + one("tree=1x1x1"))
    built(source)
    assert (page.stat().st_mtime_ns, page.stat().st_ino) == before


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    files = {f"p{n}.rst": one("tree=1x1x1 fail=" + page) for n, page in enumerate(("TDR", "L1@0x0", "L2@0x0", "all"))}
    files |= {f"q{n}.rst": "Text.\n" for n in range(6)}
    alone, _ = built(project(tmp_path / "alone", files))
    both, warnings = built(project(tmp_path / "both", files), parallel=2)
    pages = [(out / "_static" / "kvmviz.html").read_bytes() for out in (alone, both)]
    assert warnings == ""
    assert len(scenarios(both)) == 4
    assert pages[0] == pages[1]
    pictures = {file.name for file in (alone / "_images").iterdir()}
    assert len(pictures) == 4
    assert pictures == {file.name for file in (both / "_images").iterdir()}


def test_c_beside_a_document_is_run_and_followed(tmp_path: Path) -> None:
    shown = one("tree=1x1x1 hkid=assigned", ":revisions: v1, mine.c")
    source = project(tmp_path, {"sub/page.rst": shown, "sub/mine.c": QUIETER.read_text()})
    out, warnings = built(source)
    page = out / "_static" / "kvmviz.html"
    first = page.read_text()
    assert warnings == ""
    assert carried(out)["revisions"] == ["v1", "mine"]
    (source / "sub" / "mine.c").write_text(QUIETER.read_text().replace("is_hkid_assigned(to_kvm_tdx(kvm)) ||", ""))
    built(source)
    assert page.read_text() != first


def test_two_files_of_one_name_are_a_warning_and_no_page(tmp_path: Path) -> None:
    shown = one("tree=1x1x1", ":revisions: a/mine.c") + "\n" + one("tree=1x1x1", ":revisions: /b/mine.c")
    texts = {f"{folder}/mine.c": QUIETER.read_text() for folder in "ab"}
    out, warnings = built(project(tmp_path, {"index.rst": shown, **texts}))
    assert "kvmviz: mine is named twice; name each revision once." in warnings
    assert not (out / "_static" / "kvmviz.html").exists()


def test_small_trees_are_carried_whole_and_large_ones_as_they_are_shown() -> None:
    views = [read(line) for line in ("tree=1x1x1 fail=TDR", "tree=16GiB fail=L1@0x200", "tree=1x1x12")]
    assert Carried.of(views, None, ["landed"]).trees == ("1x1x1",)
    assert Carried.of(views, None, ["landed"]).revisions == ("before", "v1", "landed")
    assert Carried.of(views, [], []).trees == ()


@pytest.mark.parametrize("trees", [["1x1x30"], ["1x1"]])
def test_a_tree_that_no_page_carries_is_a_warning(trees: list[str], tmp_path: Path) -> None:
    source = project(tmp_path, {"index.rst": one("tree=1x1x1")}, f"kvmviz_trees = {trees!r}\n")
    _, warnings = built(source)
    assert warnings.startswith(f"WARNING: kvmviz: tree={trees[0]}: ")
