"""Pictures that stand alone: SVG, DOT and PNG of a frame."""

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from kvmviz.draw import picture, rendering
from kvmviz.draw.bars import spans
from kvmviz.draw.frame_dot import draw_dot
from kvmviz.draw.palette import Theme, tokens
from kvmviz.draw.signs import ID
from kvmviz.record.runs import run, run_folded
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario, ScenarioError

STEP = 63


def page_states(svg: str) -> dict[str, str]:
    return dict(re.findall(r'data-page="([^"]*)" data-state="([^"]*)"', svg))


@pytest.mark.parametrize("step", [0, 30, STEP, 116])
def test_draw_svg_shows_the_frame(step: int) -> None:
    result = run("v1", "fail=L1@0x200")
    assert page_states(picture.draw_svg(result, step)) == dict(result.frames[step].states)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_draw_svg_needs_nothing_else(theme: Theme) -> None:
    svg = picture.draw_svg(run("before", "hkid=assigned"), 91, theme)
    ElementTree.fromstring(svg)
    assert "var(" not in svg
    assert ID not in svg
    assert "[data-state" not in svg
    ids = set(re.findall(r'\bid="([^"]*)"', svg))
    assert set(re.findall(r'(?:url\(|href=")#([^)"]*)', svg)) <= ids


def test_draw_svg_is_the_same_text_every_time() -> None:
    first = picture.draw_svg(run("v1", "fail=all"), 50)
    assert picture.draw_svg(run("v1", "fail=all"), 50) == first


def test_draw_svg_escapes_a_revision_name() -> None:
    result = run("v1", "")
    result.revision = "<img src=x onerror=alert(1)>"
    assert "<img" not in picture.draw_svg(result, 3)
    assert ElementTree.fromstring(picture.draw_svg(result, 3)) is not None


def test_draw_svg_counts_a_folded_group() -> None:
    result = run("v1", "tree=1x1x100 fail=L1@0x200,L1@0x600")
    svg = picture.draw_svg(result, len(result.steps))
    assert re.search(r'class="seg seg-leaked">.*?<text[^>]*>2</text>', svg)
    assert re.search(r'class="seg seg-freed">.*?<text[^>]*>98</text>', svg)


def test_draw_dot_shows_states_and_warns_of_no_font() -> None:
    text = draw_dot(run("v1", "fail=L1@0x200"), STEP)
    cell = re.search(r'<TD [^>]*ID="S-EPT_L1_0x200".*?</TD>', text)
    assert cell
    assert "leaked" in cell[0]
    assert "#bd3f00" in cell[0]
    assert b"<svg" in rendering.render(text, "svg")


@pytest.mark.parametrize("name", ["dot", rendering.PURE])
def test_write_picture_writes_all_three_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    try:
        program = rendering.engine(name)
    except rendering.DrawError as missing:
        pytest.skip(str(missing))
    monkeypatch.setattr(rendering, "engine", lambda: program)
    rendering.render.cache_clear()
    result = run("v1", "fail=L1@0x200")
    for kind, start in ((".svg", b"<svg"), (".dot", b"digraph td"), (".png", b"\x89PNG")):
        path = tmp_path / f"picture{kind}"
        picture.write_picture(result, STEP, path)
        assert path.read_bytes().startswith(start)
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".dot", ".png", ".svg"]


def test_write_picture_unknown_kind_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(rendering.DrawError, match=r"\.svg, \.png or \.dot"):
        picture.write_picture(run("v1", ""), 1, tmp_path / "picture.gif")
    assert not list(tmp_path.iterdir())


def test_write_picture_failing_engine_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")

    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    rendering.render.cache_clear()
    with pytest.raises(rendering.DrawError, match="pip install graphviz-pure"):
        picture.write_picture(run("v1", ""), 1, path)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_write_picture_folder_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(rendering.DrawError, match="cannot be written: No such file or directory"):
        picture.write_picture(run("v1", ""), 1, tmp_path / "missing" / "picture.svg")


def test_a_step_beyond_the_end_is_one_sentence() -> None:
    with pytest.raises(ScenarioError, match="steps 0 to"):
        picture.draw_svg(run("v1", ""), 1000)
    with pytest.raises(ScenarioError, match=r"step=-1: this run has the steps 0 to \d+\."):
        picture.draw_svg(run("v1", ""), -1)


def test_spans_fill_the_bar() -> None:
    drawn = spans({"leaked": 1, "rcu-pending": 318, "tdx-owned": 193}, 10, 460)
    assert list(drawn[0]) == ["leaked", 10, 30]
    assert sum(width for *_, width in drawn) == pytest.approx(460)
    assert list(spans({"leaked": 2}, 0, 460)[0]) == ["leaked", 0, 460]


@pytest.mark.parametrize("words", ["fail=L1@0x200", "fail=all", "fail=rate:1/1000:7", "hkid=assigned vcpus=6"])
def test_a_large_tree_is_drawn_with_exact_counts(words: str) -> None:
    result = run_folded(REVISIONS["v1"], Scenario.parse(f"tree=1TiB {words}"))
    drawn = picture.draw_svg(result, len(result.steps))
    ElementTree.fromstring(drawn)
    twins = re.findall(r'data-group="([^"]*)" data-times="[0-9]+"((?: data-count-[a-z-]+="[0-9]+")*)', drawn)
    bars = re.findall(r'data-bar="[^"]*">(.*?)</g></g>', drawn)
    assert twins or bars
    lost = sum(int(n) for _, counts in twins for n in re.findall(r'data-count-leaked="([0-9]+)"', counts))
    lost += len(re.findall(r'data-page="S-EPT [^"]*" data-state="leaked"><title>[^,<]*<', drawn))
    lost += sum(int(n.replace(",", "")) for bar in bars for n in re.findall(r'seg-leaked".*?>([0-9,]+)</text>', bar))
    lost += len(re.findall(r'data-page="TD[^"]*" data-state="leaked"', drawn))
    assert lost == result.summary.leaked_count


def test_what_stands_for_many_says_so() -> None:
    drawn = picture.draw_svg(run("v1", "tree=16GiB").folded, 0)
    assert "\u00d7511" in drawn
    assert "6 tables stand for all 8,209" in drawn
    assert "x 511" in draw_dot(run("v1", "tree=16GiB").folded, 0)


def test_the_head_counts_pages_pairs_and_phantoms_as_the_frame_has_them() -> None:
    line = "tree=1x1x3 region=dense remove=fails fail=L1@0x200 leaves=present"
    result = run("dpamt", line)
    for step in (0, len(result.steps)):
        now, svg = result.frames[step], ElementTree.fromstring(picture.draw_svg(result, step))
        text = " ".join(str(line.text) for line in svg if line.tag.endswith("text"))
        assert f"{now.leaked_count} page" in text and f"({now.leaked_count * 4} KiB)" in text
        assert f"{now.pinned} PAMT pair" in text and f"pinned ({now.pinned * 8} KiB)" in text
        assert ("phantom" in text) == bool(now.phantoms)
        assert not now.phantoms or f", {now.phantoms} phantom reference" in text
    plain = picture.draw_svg(run("v1", "fail=L1@0x200"), 70)
    assert "PAMT" not in plain and "phantom" not in plain


def test_a_page_has_its_pictures_side_by_side_below_its_lines() -> None:
    """A gap of 16 between two, the page as wide as both and as high as the higher, lines wrapped to what fits."""
    pictures = ['<svg viewBox="-5 -5 300 200"></svg>', '<svg viewBox="0 0 250 320"></svg>']
    drawn = picture.page(pictures, ["a < b", "word " * 40], "dark", "p-")
    root = ElementTree.fromstring(drawn)
    lines = [one for one in root if one.tag.endswith("text")]
    first, *more = (str(line.text) for line in lines)
    assert first == "a < b" and " ".join(more) == ("word " * 40).strip() and max(map(len, more)) <= 566 / 7.2
    assert [(line.get("x"), line.get("y")) for line in lines] == [("14", f"{21 + 19 * n}") for n in range(len(lines))]
    styles = [str(line.get("style")) for line in lines]
    assert styles[0].startswith("font:700 15px ") and all(one.startswith("font:13px ") for one in styles[1:])
    assert {line.get("fill") for line in lines} == {tokens("dark")["ink"]}
    top = 12 + 19 * len(lines)
    inner = [one for one in root if one.tag.endswith("svg")]
    assert [tuple(one.get(key) for key in ("x", "y", "width", "height")) for one in inner] == [
        ("0", f"{top}", "300", "200"), ("316", f"{top}", "250", "320")]  # fmt: skip
    assert root.get("viewBox") == f"0 0 566 {320 + top}"
    assert next(root.iter("{http://www.w3.org/2000/svg}title")).text == "a < b"
    assert 'id="p-tape"' in drawn and f'fill="{tokens("dark")["paper"]}"' in drawn


def test_the_head_of_a_frame_is_the_run_and_what_happened_in_its_step() -> None:
    result = run("v1", "fail=L1@0x200")
    for step in (0, 1, STEP):
        root = ElementTree.fromstring(picture.draw_svg(result, step))
        first, *more = (str(one.text) for one in root if one.tag.endswith("text"))
        now, said = result.frames[step], result.steps[step - 1].text if step else "nothing has happened yet."
        assert first == f"v1   {result.scenario}"
        assert " ".join(more).startswith(f"step {step} / {len(result.steps)}: {said} ")
        assert f"{now.traces} trace" in more[-1] and f", {now.lines} error line" in more[-1]


def test_a_png_has_a_white_ground_and_a_file_the_rights_that_a_new_one_gets(tmp_path: Path) -> None:
    path = tmp_path / "picture.PNG"
    picture.write_picture(run("v1", "tree=1x1x1"), 1, path)
    with Image.open(path) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    (tmp_path / "new").touch()
    assert path.stat().st_mode == (tmp_path / "new").stat().st_mode
    before = os.umask(0)
    try:
        for mask in (0, 0o027, 0o077):
            os.umask(mask)
            picture.write_file(path, b"mine")
            assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"mine", 0o666 & ~mask)
            assert os.umask(mask) == mask, "the process's own mask is as it was"
    finally:
        os.umask(before)
    link = tmp_path / "link"
    link.symlink_to(path)
    picture.write_file(link, b"through")
    assert link.is_symlink() and path.read_bytes() == b"through"


def test_a_file_that_nobody_may_write_is_left_and_half_a_file_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(rendering.DrawError, match="is read-only and stays as it is"):
        picture.write_file(path, b"new")
    path.chmod(0o644)
    held: list[str] = []

    def refused(self: Path, *_: object) -> Path:
        held.append(self.parent.name)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(rendering.DrawError, match="cannot be written: No space left"):
        picture.write_file(path, b"new")
    assert held == [tmp_path.name], "written beside it, so that one rename puts it there"
    assert [one.name for one in tmp_path.iterdir()] == ["kept"] and path.read_bytes() == b"old"
