"""Depths, speakers and comments of quoted mails."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.mail.quoting import Speaker, attribution, comments, depth_of, depths_of, peel, speakers
from tests.review.mails import quote

LINES = st.lists(st.text("ab c.", min_size=1, max_size=8).map(lambda s: f"x{s}"), min_size=1, max_size=8)


@given(LINES, st.integers(0, 6), st.sampled_from(["> ", ">"]))
def test_peel_takes_off_what_quoting_put_on(lines: list[str], depth: int, mark: str) -> None:
    text = "\n".join(lines)
    for _ in range(depth):
        text = quote(text, mark)
    for line, original in zip(text.splitlines(), lines, strict=True):
        assert depth_of(line) == depth
        assert peel(line, depth) == (original.rstrip() if depth else original)


@pytest.mark.parametrize(
    ("line", "name", "day"),
    [
        ("On 3/28/2026 4:14 AM, Rick Edgecombe wrote:", "Rick Edgecombe", date(2026, 3, 28)),
        ("On Fri, Mar 27, 2026, Sean Christopherson wrote:", "Sean Christopherson", date(2026, 3, 27)),
        ("On Wed, 8 Apr 2026 at 22:09, Binbin Wu <b@example.com> wrote:", "Binbin Wu", date(2026, 4, 8)),
        ("Binbin Wu wrote:", "Binbin Wu", None),
    ],
)
def test_attribution_reads_name_and_day(line: str, name: str, day: date | None) -> None:
    assert attribution(line) == Speaker(name, day)


def test_attribution_is_no_other_line() -> None:
    assert attribution("I wrote a patch") is None


def test_speakers_reads_an_attribution_that_was_broken_in_two() -> None:
    mail = ["On Wed, 8 Apr 2026 at 22:09, Binbin Wu", "<b@example.com> wrote:", "> hello", "me too"]
    who = speakers(mail, depths_of(mail), Speaker("A", None))
    assert who[1].day == date(2026, 4, 8)
    assert [comment.text for comment in comments(mail, depths_of(mail), who)] == [("me too",)]


def test_comments_are_found_at_every_level_with_the_line_above() -> None:
    mail = """On A, C wrote:
> On B, D wrote:
> > one
> about one
>
> > two

about about one
> > three
last
-- \nsignature""".split("\n")
    who = speakers(mail, depths_of(mail), Speaker("E", None))
    found = [(c.text, mail[c.above or 0], c.author) for c in comments(mail, depths_of(mail), who)]
    assert found == [
        (("about one",), "> > one", "C"),
        (("about about one",), "> > two", "E"),
        (("last",), "> > three", "E"),
    ]


def test_comments_are_none_in_a_mail_without_quotes() -> None:
    mail = ["a log", "", "diff --git a/x b/x"]
    assert comments(mail, depths_of(mail), {}) == ()


def test_words_of_a_comment_are_plain() -> None:
    mail = ["> a", "it\u2019s \u201cso\u201d\u00a0\u2013 yes"]
    (comment,) = comments(mail, depths_of(mail), {})
    assert comment.words == 'it\'s "so" - yes'


def test_a_comment_is_about_a_line_that_is_quoted_deeper_than_it() -> None:
    mail = ["> > a", "> b", "c", "> d"]
    assert [comment.above for comment in comments(mail, depths_of(mail), {})] == [0, 1, 0]
