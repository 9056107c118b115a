"""A run as text: the summary of figures made up by hand, and a step with the counts of a picture made up by hand."""

from dataclasses import replace

from kvmviz.record.frames import Frame
from kvmviz.record.summary import Pinned, Summary
from kvmviz.record.text import run_text, step_text, summary_text
from kvmviz.terms import events as e
from tests.record.steps import SITE, A, step

QUIET = Summary(
    splats={}, suppressed={}, masked={}, pr_err={}, pr_err_ratelimited={}, notes=0, vm_bugged=False, leaked=(),
    leaked_count=0, leaked_bytes=0, needless=(), unfreed=(), guest_owned=(), freed=(), freed_count=0, violations=(),
    double_frees=(), silent=False, panicked=False, hkid="released", most_rcu_pending=0, td="first",
)  # fmt: skip
OTHER = "tdp_mmu.c:handle_removed_pt:WARN_ON"


def test_a_quiet_summary_has_nothing_but_its_noughts() -> None:
    assert summary_text(QUIET).split("\n") == [
        "summary",
        "  traces printed      0",
        "  error lines         0",
        "  VM marked bugged    no",
        "  HKID                released",
        "  leaked              0 pages",
        "  freed               0 pages",
    ]


def test_everything_that_can_stand_in_a_summary_stands_where_it_belongs() -> None:
    loud = replace(
        QUIET, splats={SITE: 1, OTHER: 1200}, suppressed={SITE: 2}, masked={OTHER: 3}, pr_err={SITE: 10},
        pr_err_ratelimited={SITE: 4}, vm_bugged=True, leaked=("TDR", A), leaked_count=2, leaked_bytes=8192,
        unfreed=("TDCS[0]",), guest_owned=("guest gfn=0x0", "guest gfn=0x1"), freed_count=1234,
        violations=(("TDR", "freed while the module owns it"),), double_frees=("TDCS[1]",), silent=True, panicked=True,
        hkid="leaked", td="second", pamt=Pinned(21, 1, 8192, 1, 2000),
    )  # fmt: skip
    assert summary_text(loud).split("\n") == [
        "summary (second TD of the boot)",
        "  panic               the host stopped at the first trace",
        "                      (panic_on_warn)",
        "  traces printed        1  WARN_ON_ONCE in __tdx_reclaim_page",
        "                      1,200  WARN_ON in handle_removed_pt",
        "                      1,201  in all",
        "  traces withheld       2  WARN_ON_ONCE in __tdx_reclaim_page",
        "  muted, VM bugged      3  WARN_ON in handle_removed_pt",
        "  error lines          10  WARN_ON_ONCE in __tdx_reclaim_page",
        "  lines rate-limited    4  WARN_ON_ONCE in __tdx_reclaim_page",
        "  VM marked bugged    yes",
        "  HKID                leaked",
        "  leaked              2 pages, 8,192 bytes",
        "                      TDR",
        f"                      {A}",
        "  PAMT pairs back     21 pairs",
        "  PAMT pairs pinned   1 pair, 8,192 bytes",
        "  references left     1 leaked, 2,000 phantom",
        "  guest pages lost    2 pages",
        "                      guest gfn=0x0",
        "                      guest gfn=0x1",
        "  never freed         1 page",
        "                      TDCS[0]",
        "  freed               1,234 pages",
        "  must never happen   TDR: freed while the module owns it",
        "  freed twice         TDCS[1]",
        "  silent              yes: pages leaked and the log says nothing",
    ]


def test_pairs_that_all_go_back_leave_no_reference() -> None:
    lines = summary_text(replace(QUIET, pamt=Pinned(1, 0, 0, 0, 0))).split("\n")
    assert lines[6:8] == ["  PAMT pairs back     1 pair", "  PAMT pairs pinned   0 pairs"]
    assert "references" not in " ".join(lines)


def test_twelve_names_are_listed_and_the_rest_counted() -> None:
    names = tuple(f"TDVPR[{n}]" for n in range(13))
    for count, last in ((12, "TDVPR[11]"), (13, "... and 2 more")):
        text = summary_text(replace(QUIET, leaked=names[:count], leaked_count=count, leaked_bytes=count * 4096))
        listed = text.split(f"{count} pages, {count * 4096:,} bytes\n")[1].split("\n")[:12]
        assert [line.strip() for line in listed] == [*names[:11], last]


FRAME = Frame(
    {"TDR": "tdx-owned", A: "leaked", "spt root": "in-use", "TDCS[0]": "tdx-owned"}, {}, "assigned", False,
    1200, 3, (A,), 1, pinned=1, phantoms=2000,
)  # fmt: skip


def test_a_step_stands_with_its_sentence_its_callers_and_the_counts_after_it() -> None:
    steps = [step(e.HkidFree(), "pre_destroy"), step(e.Warn(SITE, True), chain=("a", "b"))]
    text = step_text("title", steps, 2, FRAME, lambda page: 500 if page == A else 1)
    assert text.split("\n") == [
        "title", "", "step 2 of 2", "phase mmu_uninit", "",
        "    2  warn         WARN_ON_ONCE in __tdx_reclaim_page: trace printed", "",
        "WARN_ON_ONCE in __tdx_reclaim_page prints a trace.", "",
        "  in b", "  <- a", "", "after it",
        "  pages tdx-owned     2",
        "  pages leaked        500",
        "  pages in-use        1",
        "  HKID                assigned",
        "  traces, error lines 1,200, 3",
    ]  # fmt: skip
    last = step_text("title", steps, 2, FRAME, lambda _: 1, pamt=True).split("\n")[-1]
    assert last == "  PAMT pairs pinned   1 pair, 2,000 phantom"


def test_before_the_first_step_there_are_the_counts_alone() -> None:
    text = step_text("title", [step(e.HkidFree())], 0, FRAME, lambda _: 1)
    assert text.split("\n")[:5] == ["title", "", "step 0 of 1", "", "after it"]


def test_title_note_steps_and_summary_are_parts_and_what_is_empty_leaves_no_gap() -> None:
    steps = [step(e.HkidFree(), "pre_destroy")]
    log = "pre_destroy: the key is given back\n    1  hkid_free"
    assert run_text("title", steps, QUIET) == f"title\n\n{log}\n\n{summary_text(QUIET)}"
    assert run_text("title", (), QUIET, note="why \u2013") == f"title\n\nwhy \\u2013\n\n{summary_text(QUIET)}"


def test_a_width_is_kept_where_words_allow_it() -> None:
    steps = [step(e.PrErr(SITE, True, "SEAMCALL failed and says so in many words that go on"), chain=("a",))]
    for text in (run_text("t", steps, QUIET, 40), step_text("t", steps, 1, FRAME, lambda _: 1, 40)):
        assert max(map(len, text.split("\n"))) <= 40
