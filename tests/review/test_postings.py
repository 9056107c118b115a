"""Known postings: facts that fit together, and digests in which blanks do not count."""

from dataclasses import replace
from datetime import date

from kvmviz.review import postings
from kvmviz.review.postings import KNOWN, REVERSED, digest_of, digests, place_of
from kvmviz.revisions import EVERY
from tests.review.test_modelled import row


def test_each_posting_leads_from_one_revision_to_another_that_are_there() -> None:
    for one in (*KNOWN, REVERSED):
        assert {one.base, one.revision} <= set(EVERY) | {""}, one.name
        assert 0 <= one.number <= max(one.of, 1), one.name
        assert one.title == one.title.lower()
        assert one.day is None or date(2025, 1, 1) < one.day < date(2027, 1, 1)
    ids = [number for one in KNOWN for number in one.ids]
    assert len(ids) == len(set(ids))


def test_blanks_do_not_count_and_everything_else_does() -> None:
    plain = digest_of(row("+", "\tif (a &&  b)"))
    assert digest_of(row("+", "if(a&&b) ")) == plain
    others = [digest_of(row("-", "if (a && b)")), digest_of(row("+", "if (a && c)"))]
    assert all(other.digest != plain.digest for other in others)
    assert (plain.sign, len(plain.digest)) == ("+", 8)


def test_a_reversed_patch_has_the_digests_of_the_other_side() -> None:
    rows = [row("+", "a"), row("-", "b"), row(" ", "c"), row("+", "  ")]
    there = digests(rows)
    assert len(there) == 2
    back = [replace(one, kind={"+": "-", "-": "+"}.get(one.kind, one.kind)) for one in rows]
    assert digests(back, reverse=True) == there


def test_a_line_stands_in_its_function_of_a_header_in_its_file() -> None:
    assert place_of(row("+", "x", "f")) == "f"
    assert place_of(row("+", "x", "f", "arch/x86/include/asm/kvm_host.h")) == "kvm_host.h"


def test_the_known_lines_of_16_are_told_by_place_sign_and_digest() -> None:
    assert postings.LINES_16
    assert all(line.sign in "+-" and len(line.digest) == 8 and line.place for line in postings.LINES_16)
