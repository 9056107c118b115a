"""A TD in the hand answers as the TDX module's source says it does."""

from kvmviz.course.prose import outcomes, source_of, table
from kvmviz.course.puzzles import PUZZLES
from kvmviz.course.td import LiveTd
from kvmviz.course.warning_macros import tried


def test_reclaim_waits_for_the_key() -> None:
    td = LiveTd()
    assert (td.life, td.reclaim("TDCS[0]")) == ("KEYS_CONFIGURED", "LIFECYCLE_STATE_INCORRECT")
    assert td.give_key_back() == "TEARDOWN"
    assert td.reclaim("TDCS[0]") == "SUCCESS"
    assert td.reclaim("TDCS[0]") == "PAGE_METADATA_INCORRECT"


def test_tdr_is_had_when_it_has_no_child_left() -> None:
    td = LiveTd("vcpus=0")
    for page in [f"guest gfn={first + i:#x}" for first in (0, 0x200, 0x400) for i in (0, 1)]:
        assert td.remove_guest_page(page) == "SUCCESS"
    td.give_key_back()
    names = [f"TDCS[{i}]" for i in range(6)] + [twin for twin in td.pointers.values() if twin]
    for name in names:
        assert td.reclaim("TDR") == "TD_ASSOCIATED_PAGES_EXIST"
        assert td.reclaim(name) == "SUCCESS"
    assert (td.children, td.reclaim("TDR")) == (0, "SUCCESS")


def test_guest_pages_need_the_key() -> None:
    td = LiveTd()
    assert td.remove_guest_page("guest gfn=0x0") == "SUCCESS"
    td.give_key_back()
    assert td.remove_guest_page("guest gfn=0x1") == "LIFECYCLE_STATE_INCORRECT"


def test_only_the_root_has_no_pointer() -> None:
    assert [name for name, twin in LiveTd("tree=2x2x2").pointers.items() if twin is None] == ["spt root"]


def test_macros_print_and_mark_as_the_kernels_do() -> None:
    # domain: WARN_ON every time; the others once; NULL marks nobody and repeats the error line
    assert [row[1:3] + row[4:] for row in tried(4)] == [
        (4, 0, "no"), (1, 0, "no"), (1, 0, "yes"), (1, 1, "yes"), (1, 4, "no"),
    ]  # fmt: skip


def test_table_is_markdown() -> None:
    assert str(table(["a", "b"], [[1, 2]])) == "| a | b |\n|---|---|\n| 1 | 2 |"


def test_outcomes_has_a_row_for_each_scenario() -> None:
    rows = str(outcomes(["fail=none", "fail=all"], "v1", "landed", ["leaked"])).splitlines()
    assert [row.count("\u2192") for row in rows[2:]] == [1, 1]


def test_outcomes_tells_table_pages_from_control_pages() -> None:
    # one refused page and the TDR; with the key kept 514 tables, six TDCS pages, the TDR and six pages of a vCPU
    rows = str(outcomes(["fail=L1@0x200", "tree=1GiB hkid=key-freeid-error"], what=["leaked"])).splitlines()
    assert "table + control" in rows[0]
    assert [row.split(" | ")[1].rstrip(" |") for row in rows[2:]] == ["1 + 1 \u2192 1 + 1", "514 + 13 \u2192 514 + 13"]


def test_source_is_what_runs() -> None:
    op = "tdx_sept_free_private_spt"
    assert "sp.external_spt = None" in str(source_of("v1", op, "Python"))
    assert "sp->external_spt = NULL;" in str(source_of("v1", op))
    assert "NULL" not in str(source_of(PUZZLES["A"], op))
