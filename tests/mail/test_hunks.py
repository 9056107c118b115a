"""A hunk that mailers and archives have harmed is put together again, and nothing is invented."""

from hypothesis import assume, given
from hypothesis import strategies as st

from kvmviz.mail.hunks import fit

CODE = st.text("abcdefg(){};= \t", max_size=30).map(str.strip)
SIGNED = st.lists(st.tuples(st.sampled_from("+- "), CODE), min_size=1, max_size=30)
Signed = list[tuple[str, str]]


def sizes(lines: Signed) -> tuple[int, int]:
    return sum(sign in "- " for sign, _ in lines), sum(sign in "+ " for sign, _ in lines)


def written(lines: Signed) -> list[str]:
    return [sign + text for sign, text in lines]


@given(SIGNED, st.lists(CODE))
def test_fit_takes_a_whole_hunk_and_leaves_what_follows(lines: Signed, after: list[str]) -> None:
    fitted = fit([*written(lines), *after], *sizes(lines))
    assert fitted.lines[: len(lines)] == tuple(written(lines))
    assert fitted.used == len(lines)
    assert not fitted.cut


@given(SIGNED)
def test_fit_puts_lost_blanks_of_context_back(lines: Signed) -> None:
    stripped = [text if sign == " " else sign + text for sign, text in lines]
    fitted = fit(stripped, *sizes(lines))
    assert [line[0] for line in fitted.lines] == [sign for sign, _ in lines]
    assert [line[1:] for line in fitted.lines] == [text for _, text in lines]
    assert fitted.origin == tuple(range(len(lines)))


@given(SIGNED)
def test_fit_keeps_every_change_where_empty_context_was_dropped(lines: Signed) -> None:
    kept = [(sign, text) for sign, text in lines if text or sign != " "]
    assume(len(lines) - len(kept) <= 3)
    fitted = fit(written(kept), *sizes(lines))
    assert [line for line in fitted.lines if line[0] != " "] == [sign + text for sign, text in lines if sign != " "]
    assert len(fitted.lines) == len(lines)
    assert fitted.added == len(lines) - len(kept)
    assert not fitted.cut


@given(SIGNED, st.integers(0, 29))
def test_fit_of_a_hunk_that_was_cut_invents_no_change(lines: Signed, size: int) -> None:
    part = lines[:size]
    fitted = fit(written(part), *sizes(lines))
    changes = [line for line in fitted.lines if line[0] != " "]
    assert changes == [sign + text for sign, text in part if sign != " "]
    assert fitted.cut or sizes(lines) == (
        sum(line[0] in "- " for line in fitted.lines),
        sum(line[0] in "+ " for line in fitted.lines),
    )


def test_fit_reads_code_that_looks_like_a_change_as_context() -> None:
    fitted = fit(["--count;", "-old", "+new", "++count;"], old=3, new=3)
    assert fitted.lines == (" --count;", "-old", "+new", " ++count;")


def test_fit_joins_a_line_that_a_mailer_broke() -> None:
    long = "+\tkvm_x86_call(free_external_spt)(kvm, base_gfn, sp->role.level,"
    fitted = fit([" {", long, "sp->external_spt);", " }"], old=2, new=3)
    assert fitted.lines == (" {", f"{long} sp->external_spt);", " }")
    assert fitted.joined == 1


@given(SIGNED, st.integers(0, 12), st.integers(0, 12))
def test_fit_never_takes_more_than_the_header_says(lines: Signed, old: int, new: int) -> None:
    fitted = fit(written(lines), old, new)
    taken = [(line[0], line[1:]) for line in fitted.lines]
    assert all(size <= limit for size, limit in zip(sizes(taken), (old, new), strict=True))
    assert fitted.cut or sizes(taken) == (old, new)


def test_fit_leaves_a_hunk_with_more_lines_than_its_header_says_as_cut() -> None:
    assert fit(["-a", "-b", "+c", " d"], old=1, new=1).cut


def test_fit_takes_the_note_on_a_missing_newline() -> None:
    assert fit(["-a", "+b", "\\ No newline at end of file", "more"], old=1, new=1).used == 3
