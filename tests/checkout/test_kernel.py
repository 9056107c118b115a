"""A tree's answer: what ran, what it is equal to, where it parts; on trees of our own, and on a real one if named."""

import json
import os
from pathlib import Path

import pytest

import kvmviz
from kvmviz.checkout.answer import kernel_text
from kvmviz.cli import main
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.tree import read_tree
from kvmviz.revisions import REVISIONS
from tests.patches.trees import TDP_MMU, TDX, made_tree, texts
from tests.spaces import counted
from tests.test_schema import validate

SMALL = "1x1x1"

REAL = [folder for folder in os.environ.get("KVMVIZ_KERNEL", "").split(os.pathsep) if folder]


@pytest.mark.parametrize("name", REVISIONS)
def test_a_tree_is_equal_to_the_revision_that_its_c_is(name: str, tmp_path: Path) -> None:
    found = kvmviz.kernel(made_tree(tmp_path, name), space=SMALL)
    assert found.likeness.same_as == (name,)
    assert (found.status, found.version, found.parts_at) == (0, "Linux 6.99.1", None)
    ran = {one.name: f"{one.file}:{one.line}" for one in found.functions if one.ran}
    assert len(ran) == 5
    lines = texts(name)[TDX].split("\n")
    number = next(n for n, line in enumerate(lines, 1) if "tdx_sept_free_private_spt(" in line)
    assert ran["tdx_sept_free_private_spt"] == f"{TDX}:{number}"
    assert {one.why for one in found.functions if not one.ran} == {"not in the tree's two files under this name"}


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    return folder


def test_a_tree_that_is_equal_to_none_parts_at_a_line_of_it(tmp_path: Path) -> None:
    tree = changed(made_tree(tmp_path, "landed"), TDP_MMU, "\tif (is_mirror_sp(sp))\n", "\tWARN_ON(is_mirror_sp(sp));\n"
                   "\tif (is_mirror_sp(sp))\n")  # fmt: skip
    found = kvmviz.kernel(tree, space=SMALL)
    assert (found.status, found.likeness.same_as, found.likeness.nearest) == (1, (), "landed")
    assert 0 < found.likeness.differs < found.likeness.scenarios
    place = found.parts_at
    assert place is not None
    assert (place.file, place.function) == (TDP_MMU, "handle_removed_pt")
    assert "WARN_ON" in (tree / TDP_MMU).read_text().split("\n")[place.line - 1]
    assert f"It parts at {TDP_MMU}:{place.line}" in " ".join(str(found).split())


def test_what_refuses_is_named_with_its_line_and_the_rest_runs(tmp_path: Path) -> None:
    tree = changed(made_tree(tmp_path, "landed"), TDX, "\tsp->external_spt = NULL;", '\tasm("");')
    found = kvmviz.kernel(tree, space=SMALL)
    [refused] = [one for one in found.functions if not one.ran and one.file]
    assert refused.name == "tdx_sept_free_private_spt" and "asm" in refused.why
    line = (tree / TDX).read_text().split("\n").index('\tasm("");') + 1
    assert refused.why.startswith(f"{TDX}:{line}: ")
    assert found.likeness.same_as == ("landed",)
    assert "tdx.c:" in str(found) and "There, and not run" in str(found)


def test_another_name_of_a_function_is_known(tmp_path: Path) -> None:
    tree = made_tree(tmp_path, "landed")
    path = tree / TDP_MMU
    path.write_text(path.read_text().replace("tdp_mmu_free_sp(", "__tdp_mmu_free_sp("))
    found = kvmviz.kernel(tree, space=SMALL)
    one = next(one for one in found.functions if one.name == "tdp_mmu_free_sp")
    assert (one.ran, one.why) == (True, "there as __tdp_mmu_free_sp")
    assert found.likeness.same_as == ("landed",)


def test_the_revision_stands_wherever_one_may(tmp_path: Path) -> None:
    tree = made_tree(tmp_path / "my-linux", "v2")
    which = kvmviz.kernel(tree).revision
    assert (which.name, which.base_name) == ("my-linux", "v2")
    assert kvmviz.compare(which, "v2", "fail=all").alike
    assert kvmviz.check(which, SMALL).status == kvmviz.check("v2", SMALL).status


def test_the_commands_answer_fits_its_schema_and_72_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = made_tree(tmp_path, "v1")
    assert main(["kernel", str(tree), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    validate("kernel", answer)
    assert (answer["same_as"], answer["scenarios"], answer["first"]) == (["v1"], counted("quick"), None)
    changed(tree, TDX, "\t\tsp->external_spt = NULL;", "\t\tsp->external_spt = sp->external_spt ? NULL : NULL;")
    text = kernel_text(kvmviz.kernel(tree, space=SMALL))
    assert text.isascii() and all(len(line) <= 72 for line in text.split("\n") if str(tree) not in line)


@pytest.mark.parametrize(
    "command",
    ["run --revision", "check --tree 1x1x1 --file", "draw -o {}/x.dot --revision", "compare before",
     "export {}/x.html --tree 1x1x1 --revisions v1 --file"],
)  # fmt: skip
def test_a_tree_may_be_named_where_a_revision_is(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = made_tree(tmp_path / "tree", "landed")
    assert main([*command.format(tmp_path).split(), f"kernel:{tree}"]) == 0, capsys.readouterr().err


def test_no_tree_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"has no {TDP_MMU} and no {TDX}; name a Linux tree" in said
    assert main(["run", "--revision", "kernel:"]) == 2
    assert "kernel: names no folder" in capsys.readouterr().err


def git(folder: Path, head: str, **refs: str) -> Path:
    (folder / ".git" / "refs" / "heads").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(head)
    for name, text in refs.items():
        (folder / ".git" / ("packed-refs" if name == "packed" else f"refs/heads/{name}")).write_text(text)
    return folder


HASH = "0123456789abcdef" * 2 + "01234567"


def test_the_version_is_read_from_makefile_and_git_without_running_it(tmp_path: Path) -> None:
    made_tree(tmp_path / "a", "v1", "VERSION = 7\nPATCHLEVEL = 0\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\n")
    assert str(read_tree(git(tmp_path / "a", f"{HASH}\n")).version) == "Linux 7.0.0-rc3, commit 0123456789ab"
    made_tree(tmp_path / "b", "v1")
    git(tmp_path / "b", "ref: refs/heads/main\n", main=f"{HASH}\n")
    assert str(read_tree(tmp_path / "b").version) == "Linux 6.99.1, commit 0123456789ab"
    made_tree(tmp_path / "c", "v1", "")
    git(tmp_path / "c", "ref: refs/heads/topic\n", packed=f"# pack-refs\n{HASH} refs/heads/topic\n")
    assert str(read_tree(tmp_path / "c").version) == "commit 0123456789ab"
    made_tree(tmp_path / "d", "v1")
    git(tmp_path / "d", "ref: refs/heads/unborn\n")
    assert str(read_tree(tmp_path / "d").version) == "Linux 6.99.1"


def test_a_folder_without_the_two_files_is_no_tree(tmp_path: Path) -> None:
    with pytest.raises(PatchTextError, match=r"name a Linux tree from 6\.16 on\."):
        kvmviz.kernel(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="KVMVIZ_KERNEL names no Linux tree")
@pytest.mark.parametrize("folder", REAL)
def test_a_real_tree_is_equal_to_one_revision(folder: str) -> None:
    found = kvmviz.kernel(folder)
    assert len(found.likeness.same_as) == 1, str(found)
