"""The handout: one page of A4, with the figures that the kernel's rules predict, as SVG and PDF."""

import re
import subprocess
import sys
from pathlib import Path

from matplotlib.text import Text

from kvmviz.draw.paper import A4, TEXT, handout, rows


def test_rows_are_what_a_reading_of_the_kernel_predicts() -> None:
    found = {line: cells for line, *cells in rows()}
    # one failure: both macros before, one after; a second TD: only WARN_ON is left, and only before
    assert found["fail=L1@0x200"] == ["2 \u2192 1", "2 \u2192 2", "2 \u2192 2", "no \u2192 no"]
    assert found["fail=L1@0x200 boot=second:60s"][0] == "1 \u2192 0"
    assert found["hkid=flushvp-not-done boot=second:60s"][0::3] == ["5 \u2192 0", "no \u2192 yes"]


def test_nothing_is_counted_in_the_prose() -> None:
    assert not [text for text in TEXT.values() if any(c.isdigit() for c in text)]


def test_no_texts_lie_on_each_other() -> None:
    drawn = handout().figure
    drawn.canvas.draw()
    boxes = [t.get_window_extent() for t in drawn.findobj(Text) if isinstance(t, Text) and t.get_text()]
    assert len(boxes) > 50
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.shrunk(0.98, 0.98).overlaps(b)]
    page = drawn.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 for box in boxes)


def test_command_writes_svg_and_pdf_of_one_page(tmp_path: Path) -> None:
    files = [tmp_path / "h.svg", tmp_path / "h.pdf"]
    subprocess.run([sys.executable, "-m", "kvmviz.draw.paper", *map(str, files)], check=True)
    assert f'width="{A4[0] * 72:.6g}'[:12] in files[0].read_text()
    pdf = files[1].read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


def test_command_says_which_endings_there_are(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kvmviz.draw.paper", str(tmp_path / "h.doc")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert ".svg, .pdf or .png" in done.stderr
    assert "Traceback" not in done.stderr
