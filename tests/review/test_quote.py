"""Quoting in a reply, and the figures below it."""

from kvmviz.mail.quoting import depths_of
from kvmviz.review.behaviour import shifts
from kvmviz.review.quote import place
from kvmviz.revisions import REVISIONS


def test_place_quotes_above_a_comment_only_what_it_is_about() -> None:
    lines = ["hello", "> a", "", "> b", "mine"]
    assert list(place(lines, depths_of(lines), 4, 4)) == ["> [...]", "> > a", "> > b", "> mine"]


def test_place_says_what_it_leaves_out_of_a_long_comment() -> None:
    lines = ["> a", *(f"line {n}" for n in range(30))]
    shown = list(place(lines, depths_of(lines), 1, 30))
    assert shown[-1] == "> [... 6 more lines]"
    assert len(shown) == 1 + 24 + 1


def test_shifts_tell_pages_freed_at_once_from_those_freed_later() -> None:
    clean = shifts(REVISIONS["v1"], REVISIONS["v1+17"])[0]
    assert clean.at_once == (0, len(clean.scenario.tree.sept_pages()))
