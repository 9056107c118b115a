"""Every notebook is made alike: picture first, short cells, stored pictures, a question that the next one answers."""

import re
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
PATHS: Final = sorted(FOLDER.glob("*.ipynb"))
STEMS: Final = [path.stem for path in PATHS]
MOST_BYTES: Final = 400_000
MOST_LINES: Final = 5
LONGER: Final = {"09-write-your-own-patch": 8, "11-the-next-patch": 8}
"""Where a cell may hold more lines, and how many: a patch that the reader writes is a whole function."""


@pytest.fixture(params=PATHS, ids=STEMS)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_the_course_is_whole() -> None:
    assert [stem[:2] for stem in STEMS] == [f"{n:02}" for n in range(len(STEMS))]
    assert len(STEMS) >= 10


def test_stored_output_is_small(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES


def test_a_picture_comes_first(path: Path) -> None:
    first = cells(path, "code")[0]
    shown = {mime for output in first.outputs for mime in output.get("data", {})}
    html = "".join(str(output.get("data", {}).get("text/html", "")) for output in first.outputs)
    assert "image/svg+xml" in shown or "<img alt=" in html
    assert len(cells(path, "markdown")[0].source) < 700


def test_cells_are_short(path: Path) -> None:
    most = LONGER.get(path.stem, MOST_LINES)
    long = [
        c.source for c in cells(path, "code") if len([line for line in c.source.splitlines() if line.strip()]) > most
    ]
    assert long == []


def test_every_cell_was_run_and_none_failed(path: Path) -> None:
    code = cells(path, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    kinds = {output.output_type for cell in code for output in cell.outputs}
    assert kinds <= {"display_data", "execute_result", "stream"}


def test_nothing_is_stored_that_only_a_kernel_can_show(path: Path) -> None:
    assert "application/vnd.jupyter.widget" not in path.read_text()


def test_explorers_have_a_picture_where_no_widgets_run(path: Path) -> None:
    for cell in cells(path, "code"):
        if "Explorer(" in cell.source:
            assert any("image/svg+xml" in output.get("data", {}) for output in cell.outputs)


def test_outputs_hold_no_address_of_memory_and_no_path(path: Path) -> None:
    stored = "".join(str(cell.outputs) for cell in cells(path, "code"))
    assert re.search(r" at 0x[0-9a-f]{9,}|/home/|/[t]mp/|site-packages", stored) is None


def test_it_ends_in_the_question_that_the_next_one_answers(path: Path) -> None:
    said = [cell.source for cell in cells(path, "markdown")]
    after = STEMS.index(path.stem) + 1
    if after < len(STEMS):
        ending = re.search(r"\*\*Next\.\*\*(.*)", said[-1], re.DOTALL)
        assert ending is not None
        assert "?" in ending[1]
        assert f"({STEMS[after]}.ipynb)" in ending[1]


def test_links_lead_somewhere(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)\)", cell.source):
            assert target.startswith("https://") or (FOLDER / target).exists()


def test_what_the_model_leaves_out_is_said(path: Path) -> None:
    said = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert "model leaves out" in said or "Where the model simplifies" in said
