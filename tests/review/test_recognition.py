"""Which posting a mail is or answers; nothing of that says what a patch does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kvmviz.mail.patch import Row
from kvmviz.review import recognition as module
from kvmviz.review.postings import KNOWN, LINES_16, TITLE_16, Line, digest_of
from kvmviz.review.recognition import Recognised, recognise
from tests.review.letters import finding_of, letter

FIRST = "20260327201421.2824383-{}-rick.p.edgecombe@intel.com"
RICK = ("", "Rick Edgecombe")
SUBJECT = "Re: [PATCH 16/17] KVM: x86: Move error handling inside free_external_spt()"


def found(
    rows: Sequence[Row] = (), people: tuple[str, str] = ("", ""), day: date | None = None, **header: Any
) -> Recognised:
    return recognise(letter(**header), rows, people, day)


def name(recognised: Recognised) -> str:
    return recognised.posting.name if recognised.posting else ""


def rows_like(monkeypatch: pytest.MonkeyPatch, texts: Sequence[str]) -> list[Row]:
    """Let a posting have these lines, each with its sign, and give them as rows."""
    rows = [Row(n, "arch/x86/kvm/vmx/tdx.c", "tdx_sept_free_private_spt", t[0], t[1:]) for n, t in enumerate(texts)]
    lines = tuple(digest_of(row) for row in rows)
    own = tuple(replace(known, lines=lines) if known.number == 16 else known for known in KNOWN)
    monkeypatch.setattr(module, "KNOWN", own)
    return rows


TEXTS = ["-int f(void)", "+void f(struct page *p)", "-\tg();", "+\th();", "+\tk();", "+\tl();"]


@pytest.mark.parametrize(
    ("header", "posting"),
    [
        ({"subject": SUBJECT}, "16/17 of the first version"),
        ({"message_id": FIRST.format(17)}, "16/17 of the first version"),
        ({"message_id": FIRST.format(18)}, "17/17 of the first version"),
        ({"message_id": FIRST.format(1)}, "the first version as a whole"),
        ({"subject": "Re: [PATCH 00/17] x", "answers": (FIRST.format(1),)}, "the first version as a whole"),
        ({"subject": SUBJECT, "answers": (FIRST.format(1), FIRST.format(17))}, "16/17 of the first version"),
        ({"subject": "Re: [PATCH v2 14/15] KVM: x86: Move error handling inside free_external_spt()"},
         "14/15 of the second version"),
        ({"subject": "[PATCH v3 15/15] KVM: TDX: Move external page table freeing to TDX code"},
         "15/15 of the third version"),
        ({"subject": "Re: [RFC PATCH v5 09/45] KVM: x86/mmu: Rework .free_external_spt() into .reclaim_external_sp()"},
         "RFC v5 09/45"),
    ],
)  # fmt: skip
def test_a_posting_is_known_by_its_subject_and_its_message_ids(header: dict[str, Any], posting: str) -> None:
    assert name(found(people=RICK, day=date(2026, 3, 27), **header)) == posting


OTHERS = ["Re: [PATCH v2 14/15] a thing of another series", "[PATCH 15/17] KVM: x86: x", "lunch", "[PATCH 1/1] x", ""]


@pytest.mark.parametrize("subject", OTHERS)
def test_another_subject_is_none_of_them(subject: str) -> None:
    assert name(found(subject=subject, people=("", "Bob"), day=date(2025, 5, 9))) == ""


def test_the_number_alone_needs_somebody_or_a_day_that_agrees() -> None:
    assert name(found(subject="[PATCH 00/17] a cover letter", people=RICK, day=date(2026, 3, 27)))
    assert not name(found(subject="[PATCH 00/17] a cover letter", people=("", "Bob"), day=date(2020, 1, 1)))


def test_every_line_makes_it_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_like(monkeypatch, TEXTS)
    recognised = found(rows)
    assert (name(recognised), recognised.confidence) == ("16/17 of the first version", "certain")
    assert recognised.shown is not None
    assert recognised.shown.whole


def test_blanks_do_not_count_but_signs_do() -> None:
    row = Row(None, "f.c", "f", "+", "a b")
    assert digest_of(row) == digest_of(replace(row, text="\ta  b")) != digest_of(replace(row, kind="-"))


def test_one_changed_line_is_named_and_no_longer_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_like(monkeypatch, TEXTS)
    rows[4] = replace(rows[4], text="\tother();")
    recognised = found(rows, subject=SUBJECT)
    assert (name(recognised), recognised.confidence) == ("16/17 of the first version", "high")
    assert recognised.shown is not None
    assert recognised.shown.other == (rows[4],)
    assert [line.sign for line in recognised.shown.missing] == ["+"]
    assert "5 of the 6 changed lines" in " ".join(reason.text for reason in recognised.reasons)


def test_a_subject_over_other_lines_is_no_posting(monkeypatch: pytest.MonkeyPatch) -> None:
    rows_like(monkeypatch, TEXTS)
    other = [Row(n, "arch/x86/kvm/vmx/tdx.c", "f", "+", f"\tx{n}();") for n in range(9)]
    recognised = found(other, subject=SUBJECT)
    assert name(recognised) == ""
    assert [(reason.agrees, "its lines are not" in reason.text) for reason in recognised.reasons] == [(False, True)]


def test_a_few_quoted_lines_are_enough_where_the_subject_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_like(monkeypatch, TEXTS)
    recognised = found(rows[1:3], subject=SUBJECT)
    assert name(recognised) == "16/17 of the first version"
    assert recognised.shown is not None
    assert (recognised.shown.same, len(recognised.shown.missing), recognised.shown.other) == (2, 4, ())
    assert name(found(rows[1:3])) == ""  # nothing names it, and two lines are in many patches


def test_the_lines_of_16_of_17_are_digests_and_nothing_else() -> None:
    assert len(LINES_16) == 41
    assert all(isinstance(line, Line) and len(line.digest) == 8 and line.sign in "+-" for line in LINES_16)


def test_who_wrote_it_is_not_who_sent_it() -> None:
    recognised = found(subject=SUBJECT, people=("Sean Christopherson", "Rick Edgecombe"))
    assert "its author is Sean Christopherson" in [reason.text for reason in recognised.reasons]
    recognised = found(subject=SUBJECT, people=("Somebody Else", "Rick Edgecombe"))
    assert [reason.agrees for reason in recognised.reasons] == [True, False]


def test_a_trimmed_reply_is_about_the_posting_that_it_answers() -> None:
    mail = (
        f"From: A B <a@example.com>\nDate: Thu, 9 Apr 2026 01:00:00 +0000\nSubject: {SUBJECT}\n"
        f"In-Reply-To: <{FIRST.format(17)}>\n\nOn 3/28/2026 4:14 AM, Rick Edgecombe wrote:\n"
        "> +void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn,\ngfn is not used here.\n"
        "> + struct kvm_mmu_page *sp)\n"
    )
    result = finding_of(mail)
    assert result.modelled
    assert result.patch is None
    assert name(result.recognised) == "16/17 of the first version"
    assert [remark.heard.said for remark in result.remarks] == [("B6",)]


def test_titles_are_in_the_form_in_which_they_are_compared() -> None:
    assert all(known.title == known.title.lower() for known in KNOWN)
    assert TITLE_16 in {known.title for known in KNOWN}
