"""The parts of the picture as SVG: where each stands relative to its box, and what it is called."""

import re
from xml.etree import ElementTree

import pytest

from kvmviz.draw import parts
from kvmviz.draw.geometry import Box
from kvmviz.draw.pen import Pen
from kvmviz.draw.signs import GLYPHS
from kvmviz.terms.states import PAGE_STATES

SIZES = {"large": Box(100, 50, 58, 46), "medium": Box(100, 50, 34, 26), "tiny": Box(100, 50, 18, 22),
         "leaf": Box(100, 50, 27, 14), "small": Box(100, 50, 12, 12)}  # fmt: skip
"""A box of each size class; all begin at 100, 50."""


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(f'<svg xmlns:xlink="x">{svg}</svg>')


def inside(box: Box, x: float, y: float, margin: float = 0) -> bool:
    return box.x - margin <= x <= box.right + margin and box.y - margin <= y <= box.bottom + margin


def at(one: ElementTree.Element) -> tuple[float, float]:
    return float(one.get("x", "nan")), float(one.get("y", "nan"))


@pytest.mark.parametrize(("value", "said"), [(1.0, "1"), (1.25, "1.2"), (-0.5, "-0.5"), (10.04, "10"), (100, "100")])
def test_a_coordinate_is_short(value: float, said: str) -> None:
    assert parts.number(value) == said


def test_a_rectangle_grows_on_every_side() -> None:
    box = Box(10, 20, 30, 40)
    assert parts.svg_rect("body", box, 5, 2) == '<rect class="body" x="5" y="15" width="40" height="50" rx="2"/>'
    assert parts.svg_rect("body", box) == '<rect class="body" x="10" y="20" width="30" height="40" rx="4"/>'
    assert 'fill="url(#' in parts.svg_rect("tape", box)
    assert "fill" not in parts.svg_rect("core", box)


@pytest.mark.parametrize("kind", SIZES)
def test_sizes_are_told_apart_by_width_and_height(kind: str) -> None:
    assert parts.kind_of(SIZES[kind]) == kind


def test_sizes_begin_where_they_say() -> None:
    assert [parts.kind_of(Box(0, 0, w, 10)) for w in (49, 50)] == ["medium", "large"]
    assert [parts.kind_of(Box(0, 0, w, 10)) for w in (29, 30)] == ["leaf", "medium"]
    assert [parts.kind_of(Box(0, 0, w, 10)) for w in (19, 20)] == ["small", "leaf"]
    assert [parts.kind_of(Box(0, 0, 25, h)) for h in (15, 16)] == ["leaf", "tiny"]


@pytest.mark.parametrize("kind", SIZES)
def test_what_a_page_holds_stands_within_it(kind: str) -> None:
    box = SIZES[kind]
    for page in (
        ("TDCX[0][3]",) if kind == "tiny" else ("guest gfn=0x201",) if kind == "leaf" else ("S-EPT L2 gfn=0x40000",)
    ):
        drawn = tree(parts.svg_page(Pen(), page, box))
        for use in drawn.iter("use"):
            (x, y), size = at(use), float(use.get("width", 0))
            assert use.get("height") == use.get("width")
            assert inside(box, x, y, 0.5) and inside(box, x + size, y + size, 0.5)
        for text in drawn.iter("text"):
            assert inside(box, *at(text)), (page, text.text)


def rects(drawn: ElementTree.Element) -> dict[str, tuple[float, ...]]:
    return {str(one.get("class")): tuple(float(one.get(key, 0)) for key in ("x", "y", "width", "height"))
            for one in drawn.iter("rect")}  # fmt: skip


@pytest.mark.parametrize("kind", SIZES)
def test_the_tape_lies_round_a_large_page_and_in_a_small_one(kind: str) -> None:
    box = SIZES[kind]
    found = rects(tree(parts.svg_page(Pen(), "TDCS[1]", box)))
    assert found["body"] == (box.x, box.y, box.width, box.height)
    (x, y, width, height), out = found["tape"], {"large": 6, "medium": 3}.get(kind, 0)
    assert (x, y, width, height) == (box.x - out, box.y - out, box.width + 2 * out, box.height + 2 * out)
    if out:
        assert "core" not in found
    else:
        x, y, width, height = found["core"]
        assert (x - box.x) == (y - box.y) == min(3.5, box.width / 4)
        assert (width, height) == (box.width - 2 * (x - box.x), box.height - 2 * (x - box.x))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("spt root", ["spt", "root"]), ("TDCS[3]", ["TDCS 3", "S-EPT root"]), ("TDR", ["TDR"]),
        ("S-EPT L1 gfn=0x200", ["L1", "0x200"]), ("guest gfn=0x201", ["guest", "0x201"]),
    ],
)  # fmt: skip
def test_a_large_page_carries_its_name_and_its_number(page: str, words: list[str]) -> None:
    drawn = tree(parts.svg_page(Pen(), page, SIZES["large"]))
    assert [text.text for text in drawn.iter("text")] == words
    assert [title.text for title in drawn.iter("title")] == [page]
    (group,) = [one for one in drawn if one.tag == "g"]
    assert group.get("data-page") == page


def test_a_page_that_stands_for_many_says_so() -> None:
    half = tree(parts.svg_page(Pen(), "spt L1 gfn=0x200", SIZES["large"], times=1234))
    assert [text.text for text in half.iter("text")] == ["L1", "\u00d71,234"]
    assert [title.text for title in half.iter("title")] == ["spt L1 gfn=0x200, one of 1,234 alike"]
    other = tree(parts.svg_page(Pen(), "S-EPT L1 gfn=0x200", SIZES["large"], "below", 1234))
    assert [text.text for text in other.iter("text")] == ["L1", "0x200", f"LEAKED {4 * 1234} KiB"]


@pytest.mark.parametrize("place", ["below", "below left", "below leaves", "beside", "corner"])
def test_the_words_of_a_loss_stand_outside_of_the_page(place: str) -> None:
    box = SIZES["large"]
    drawn = tree(parts.svg_page(Pen(), "S-EPT L1 gfn=0x200", box, place))
    (tag,) = [text for text in drawn.iter("text") if (text.text or "").startswith("LEAKED")]
    assert tag.text == "LEAKED 4 KiB"
    x, y = at(tag)
    middle = (box.x + box.right) / 2
    if place == "beside":
        assert x > box.right and box.y < y < box.bottom
    elif place == "corner":
        assert x > box.right and y > box.bottom
    else:
        assert y > box.bottom and ((x < middle) if place == "below left" else x == middle)
        assert (y > box.bottom + 40) == (place == "below leaves")
    assert ("start" in str(tag.get("class"))) == (place in ("beside", "corner"))


@pytest.mark.parametrize(("words", "most", "narrow"), [("abc", 3, False), ("abcd", 3, True)])
def test_a_text_is_squeezed_only_if_it_is_too_long(words: str, most: int, narrow: bool) -> None:
    (text,) = tree(parts.svg_squeezed("sub", 1, 2, words, most, 30))
    assert (text.text, text.get("class"), *at(text)) == (words, "sub", 1.0, 2.0)
    assert text.get("textLength") == ("30" if narrow else None)


def test_longer_words_get_narrower_letters() -> None:
    assert [parts._fitting("sub", "x" * n, 6) for n in (6, 7, 8, 9)] == ["sub", "sub tight", "sub tight", "sub tighter"]


@pytest.mark.parametrize("kind", ["large", "medium"])
def test_a_pointer_reaches_from_one_page_to_the_other_and_a_cut_one_does_not(kind: str) -> None:
    left = SIZES[kind]
    right = Box(left.right + 30, left.y, left.width, left.height)
    drawn = tree(parts.svg_pointer(Pen(), "L1 gfn=0x0", left, right, words=(7, 8)))
    (group,) = drawn
    assert (group.get("data-el"), group.get("class")) == ("ptr L1 gfn=0x0", "ptr" if kind == "large" else "ptr thin")
    whole, cut = group
    middle = left.y + left.height / 2
    for part in (whole, cut):
        (dot,) = part.iter("circle")
        assert (float(dot.get("cx", 0)), float(dot.get("cy", 0))) == (left.right, middle)
    line, tip = (str(path.get("d")) for path in whole.iter("path"))
    start, y, end = map(float, re.findall(r"[-\d.]+", line))
    assert (start, y) == (left.right, middle) and left.right < end < right.x
    ax, ay, bx, by, cx, cy = map(float, re.findall(r"[-\d.]+", tip))
    assert (bx, by) == (right.x, middle)
    assert ax == cx < bx and ay < middle < cy and middle - ay == pytest.approx(cy - middle)
    (broken,) = (str(path.get("d")) for path in cut.iter("path"))
    x, y, stub, bar, top, bottom = map(float, re.findall(r"[-\d.]+", broken))
    assert (x, y) == (left.right, middle) and left.right < stub == bar < (left.right + right.x) / 2
    assert top < middle < bottom and middle - top == pytest.approx(bottom - middle)
    (null,) = cut.iter("text")
    assert (null.text, *at(null)) == ("\u2192 NULL", 7.0, 8.0)
    assert not list(tree(parts.svg_pointer(Pen(), "x", left, right)).iter("text"))


def test_a_link_is_two_lines_between_its_ends() -> None:
    (group,) = tree(parts.svg_link(Pen(), "L1 gfn=0x0", (1, 2, 3, 4)))
    assert [path.get("d") for path in group] == ["M1,2L3,4"] * 2
    assert group.get("data-el") == "link L1 gfn=0x0"
    left, right = (float(re.findall(r"[-\d.]+", str(path.get("transform")))[0]) for path in group)
    assert left > 0 > right


@pytest.mark.parametrize("kind", SIZES)
def test_warnings_stand_over_a_page_one_a_slot(kind: str) -> None:
    box = SIZES[kind]
    slots = list(tree(parts.svg_warnings_of(Pen(), "TDR", box)))
    count = 2 if kind in ("large", "medium") else 1
    assert [one.get("data-el") for one in slots] == [f"warn TDR {n}" for n in range(count)]
    places = [tuple(map(float, re.findall(r"[-\d.]+", str(one.get("transform"))))) for one in slots]
    assert all(box.x - 8 <= x <= box.right and y < box.middle[1] for x, y, _ in places)
    if count == 2:
        (x1, y1, scale), (x2, y2, _) = places
        assert y1 == y2 < box.y and x2 - x1 == pytest.approx(25 * scale, abs=0.1)


def test_a_folded_group_has_its_name_and_a_bar_within_it() -> None:
    box = Box(10, 20, 200, 46)
    group, warning = tree(parts.svg_bar(Pen(), "L2 gfn=0x0", box, "100 tables", {"S-EPT L1 gfn=0x0": 1}))
    assert (group.get("data-el"), group.get("data-group")) == ("group L2 gfn=0x0", "L2 gfn=0x0")
    (name,) = [text for text in group.iter("text") if text.get("class") == "group-name"]
    assert name.text == "\u25b8 100 tables" and inside(box, *at(name))
    (bar,) = [one for one in group.iter("g") if one.get("class") == "bar"]
    x, y, width, height = map(float, str(bar.get("data-bar")).split())
    assert (x - box.x) == (box.right - x - width) > 0
    assert name is not None and at(name)[1] < y and y + height < box.bottom
    assert warning.get("data-el") == "warn group L2 gfn=0x0 0"
    wx, wy, _ = map(float, re.findall(r"[-\d.]+", str(warning.get("transform"))))
    assert box.middle[0] < wx < box.right and wy < box.y
    scale = float(re.findall(r"scale\(([\d.]+)", str(warning.get("transform")))[0])
    assert wx + 24 * scale < box.right and wy + 22 * scale < box.middle[1]


@pytest.mark.parametrize("kind", SIZES)
def test_a_warning_is_no_wider_than_what_it_warns_of(kind: str) -> None:
    box = SIZES[kind]
    for one in tree(parts.svg_warnings_of(Pen(), "TDR", box)):
        x, y, scale = map(float, re.findall(r"[-\d.]+", str(one.get("transform"))))
        assert x >= box.x - 1 and x + 24 * scale <= box.right + 4 and y + 22 * scale <= box.y + box.height / 2 + 5
        assert scale > 0.4, "large enough to be seen"


@pytest.mark.parametrize("kind", SIZES)
def test_corners_are_rounder_the_larger_a_page_is_and_sharper_inwards(kind: str) -> None:
    drawn = tree(parts.svg_page(Pen(), "TDCS[1]", SIZES[kind]))
    round_ = {one.get("class"): float(one.get("rx", "nan")) for one in drawn.iter("rect")}
    large = kind in ("large", "medium")
    assert round_ == ({"tape": 4, "body": 4} if large else {"tape": 2, "body": 2, "core": 1})


@pytest.mark.parametrize(
    ("kind", "page", "texts"),
    [
        ("medium", "S-EPT L1 gfn=0x200", [("name", "L1"), ("sub", "0x200")]),
        ("medium", "S-EPT L1 gfn=0x40000", [("name", "L1"), ("sub tight", "0x40000")]),
        ("medium", "guest gfn=0x1", [("name", "guest"), ("sub", "0x1")]),
        ("medium", "TDR", [("name", "TDR"), ("sub", "TDR")]),
        ("large", "TDVPR[0]", [("name long", "TDVPR[0]")]), ("large", "TDCS[3]", [("name long", "TDCS 3"),
                                                                                  ("sub words", "S-EPT root")]),
        ("large", "spt root", [("name", "spt"), ("sub", "root")]),
        ("large", "spt L2 gfn=0x8000000", [("name", "L2"), ("sub tight", "0x8000000")]),
        ("large", "spt L2 gfn=0x800000000", [("name", "L2"), ("sub tighter", "0x800000000")]),
        ("tiny", "TDCX[0][3]", [("sub", "3")]), ("leaf", "guest gfn=0x1", []), ("small", "S-EPT L1 gfn=0x0", []),
    ],
)  # fmt: skip
def test_a_page_of_a_size_has_its_words_in_their_classes_and_a_glyph_where_there_is_room(
    kind: str, page: str, texts: list[tuple[str, str]]
) -> None:
    box = SIZES[kind]
    drawn = tree(parts.svg_page(Pen(), page, box))
    assert [(text.get("class"), text.text) for text in drawn.iter("text")] == texts
    glyphs = [state.name for state in PAGE_STATES.values() if state.glyph in GLYPHS]
    classes = [use.get("class") for use in drawn.iter("use")]
    assert classes == ([] if kind == "small" else [f"glyph g-{name}" for name in glyphs])
    for text in drawn.iter("text"):
        x, _ = at(text)
        assert x == (box.middle[0] if str(text.get("class")).startswith("sub") else pytest.approx(box.x, abs=6))
        squeezed = kind == "medium" and len(str(text.text)) > 6
        assert text.get("textLength") == (f"{box.width - 4:.0f}" if squeezed else None)


def test_a_low_block_s_page_has_its_index_left_of_its_glyph() -> None:
    box = Box(100, 50, 16, 18)
    drawn = tree(parts.svg_page(Pen(), "TDCX[1][4]", box))
    (text,), uses = list(drawn.iter("text")), list(drawn.iter("use"))
    assert text.text == "4" and inside(box, *at(text)) and all(at(text)[0] < at(use)[0] < box.right for use in uses)
    assert all(inside(box, *at(use)) and at(use)[1] < at(text)[1] < box.bottom for use in uses)


def test_the_glyph_of_a_long_name_stands_below_it_and_of_a_short_one_beside() -> None:
    for page, below in (("TDVPR[0]", True), ("S-EPT L1 gfn=0x0", False)):
        drawn = tree(parts.svg_page(Pen(), page, SIZES["large"]))
        name, glyph = next(drawn.iter("text")), next(drawn.iter("use"))
        assert (at(glyph)[1] > at(name)[1]) == below and inside(SIZES["large"], *at(glyph))
