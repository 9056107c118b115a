"""A comparison as text and as JSON: the columns, the body, the rows that differ."""

import json

import pytest

from kvmviz.compare.comparison import Comparison, compare
from kvmviz.compare.difference import NONE, SAME, _row, comparison_json, comparison_text, side_by_side
from kvmviz.compare.figures import LABELS, PAMT_LABELS, Figures
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.version import SCHEMA, __version__


def cells(line: str) -> list[str]:
    return [line[2:22].strip(), line[22:47].strip(), line[47:].strip()]


def test_two_figures_stand_in_two_columns_and_below_each_other_where_they_are_long() -> None:
    assert _row("label", "1", "22", 72) == f"  {'label':<20}{'1':<25}22"
    assert _row("", "before", "v1", 72) == f"{'':<22}{'before':<25}v1"
    assert _row("label", "x" * 24, "y" * 25, 72) == f"  {'label':<20}{'x' * 24} {'y' * 25}"
    assert _row("label", "x" * 25, "y", 72) == f"  {'label':<20}{'x' * 25} | y"
    assert _row("label", "x", "y" * 26, 72) == f"  {'label':<20}x | {'y' * 26}"


@pytest.mark.parametrize("line", ["fail=L1@0x200", "hkid=assigned", ""])
def test_every_figure_of_both_stands_under_its_label(line: str) -> None:
    both = compare("v1", "landed", line)
    head, *rows = side_by_side(both, 120).split("\n")
    a, b = Figures.of(both.a).said(), Figures.of(both.b).said()
    assert head.split() == ["v1", "landed"]
    assert [" ".join(row.split()) for row in rows] == [
        f"{label} {a[field]} {b[field]}" for field, label in LABELS.items()
    ]


def test_pairs_have_rows_where_one_side_has_pairs_whichever() -> None:
    for names in (("dpamt", "landed"), ("landed", "dpamt")):
        rows = side_by_side(compare(*names, "region=scattered")).split("\n")[-len(PAMT_LABELS) :]
        assert [cells(row)[0] for row in rows] == list(PAMT_LABELS.values())
        assert all(cells(row)[1 + names.index("landed")] == NONE for row in rows)


def test_the_text_is_head_body_and_figures() -> None:
    both = compare("before", "v1", "fail=L1@0x200")
    head, _, rest = comparison_text(both).partition("\n@@ ")
    body, _, columns = rest.rpartition("\n\n")
    assert head.split("\n") == ["--- before", "+++ v1", str(both.scenario)]
    assert columns == side_by_side(both)
    assert {line[0] for line in body.split("\n")[1:]} == set(" -+")
    same = comparison_text(compare("v1", "v2"))
    assert same.split("\n")[3:5] == [SAME, ""]


def test_the_width_is_kept_by_head_body_and_figures() -> None:
    text = comparison_text(compare("before", "landed", "fail=L1@0x200"), 50)
    assert max(len(line) for line in text.split("\n")[3:]) <= 50
    narrow = text.split("\n@@")[1].split("\n")
    assert any(len(line) > 40 for line in narrow)


def test_json_holds_the_rows_that_differ_with_their_events() -> None:
    both = compare("before", "landed", "fail=L1@0x200")
    found = json.loads(json.dumps(comparison_json(both)))
    assert (found["kvmviz"], found["schema"]) == (__version__, SCHEMA)
    assert (found["a"], found["b"], found["scenario"]) == ("before", "landed", str(both.scenario))
    assert (found["steps"], found["alike"]) == (len(both.rows), False)
    assert [one["step"] for one in found["differences"]] == [number + 1 for number in both.differences]
    for one, row in zip(found["differences"], (both.rows[n] for n in both.differences), strict=True):
        assert one["a"] == (None if row.a is None else both.a.steps[row.a].to_json())
        assert one["b"] == (None if row.b is None else both.b.steps[row.b].to_json())
    assert found["summary_a"] == json.loads(json.dumps(both.a.summary.to_json()))
    assert found["summary_b"] == json.loads(json.dumps(both.b.summary.to_json()))
    assert comparison_json(compare("v1", "v2"))["alike"] is True


def test_a_comparison_knows_what_it_is_of() -> None:
    both = compare("before", "v1", "fail=all")
    assert repr(both) == f"kvmviz.compare('before', 'v1', {str(both.scenario)!r})"
    assert str(both) == comparison_text(both)
    assert both.revisions == ("before", "v1")
    assert Comparison(both.a, both.b).revisions == ("before", "v1")

    class Mine(Revision, base="v1"):
        pass

    assert Comparison(both.a, both.b, revisions=(Mine, REVISIONS["v1"])).revisions == (Mine, REVISIONS["v1"])
