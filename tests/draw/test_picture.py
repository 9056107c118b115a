"""Pictures that stand alone: SVG, DOT and PNG of a frame."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kvmviz.draw import picture, rendering
from kvmviz.draw.bars import spans
from kvmviz.draw.frame_dot import draw_dot
from kvmviz.draw.palette import Theme
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
