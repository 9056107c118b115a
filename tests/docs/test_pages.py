"""The front page opens on the step where the patch makes a difference; the claims are told one by one."""

import pytest

from docs import pages
from kvmviz.check.propositions import Verdict
from kvmviz.compare.comparison import compare
from kvmviz.sphinx.view import read


def claim(identity: str, verdict: str, where: str = "https://host.example/mail.html") -> Verdict:
    held = {"holds": 5, "does not hold": 0, "holds partly": 2}.get(verdict, 0)
    tries = 0 if verdict == "not checkable here" else 5
    line = "tree=1x1x3 fail=all"
    return Verdict(
        identity, "A & B", "today", where, "It < warns.", verdict,  # type: ignore[arg-type]  # a word of the four
        tries, held, line if held else None, None if held == 5 or not tries else line, "Why not.", ("before", "v1"),
    )  # fmt: skip


def test_the_front_page_opens_where_the_sides_first_differ() -> None:
    text = pages.front()
    view = read(text.partition("```{kvmviz} ")[2].partition("\n")[0])
    assert view.revisions == ("before", "v1")
    rows = compare("before", "v1", view.scenario).rows
    assert all(row.a is not None and row.b is not None for row in rows[: view.step - 1])
    assert None in (rows[view.step - 1].a, rows[view.step - 1].b)
    assert "claims.html" in text.partition("{kvmviz}")[2]


def test_what_does_not_hold_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [claim("X1", "holds"), claim("X2", "not checkable here", "<id@host>"), claim("X3", "does not hold")]
    monkeypatch.setattr(pages, "put_to_the_test", lambda: given)
    text = pages.claims()
    assert "1 does not hold, 1 holds, 1 not checkable here." in text
    assert [text.index(f"### {one}: It < warns.") for one in ("X3", "X1", "X2")] == sorted(
        text.index(f"### {one}") for one in ("X1", "X2", "X3")
    )
    assert "held in 0 of 5 scenarios" in text
    assert '<a href="https://host.example/mail.html">the mail</a>' in text
    assert "<code>&lt;id@host&gt;</code>" in text
    assert "A &amp; B" in text
    assert "Against it: `kvmviz compare before v1 'tree=1x1x3 fail=all'` {kvmviz}`watch <" in text
