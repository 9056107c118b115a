"""A step as the run contract writes it, each field from the event that was put in."""

from kvmviz.record.step import event_fields
from kvmviz.terms import events as e
from tests.record.steps import RECLAIM, A, step


def test_a_step_is_written_with_its_place_and_its_own_fields() -> None:
    assert step(e.Free(A, "rcu"), "mmu_uninit", ("a", "b")).to_json() == {
        "phase": "mmu_uninit", "kind": "free", "function": "b", "file": "b.c", "chain": ["a", "b"],
        "text": f"{A} goes back to the page allocator, from the callback.", "page": A, "how": "rcu",
    }  # fmt: skip


def test_a_step_without_callers_names_no_function() -> None:
    found = step(e.HkidFree(), chain=()).to_json()
    assert (found["function"], found["file"], found["chain"]) == (None, None, [])


def test_a_step_that_stands_for_many_says_so_in_text_and_in_json() -> None:
    one, many = step(e.Free(A, "rcu")), step(e.Free(A, "rcu"), times=1234)
    assert many.text == one.text.removesuffix(".") + " (x 1,234)."
    assert many.to_json()["times"] == 1234
    assert "times" not in one.to_json()


def test_a_status_is_written_in_hex_and_what_is_not_there_is_left_out() -> None:
    refused = e.Seamcall(RECLAIM, A, None, 0xC000040000000000, (4, 0x100000000, 0))
    assert event_fields(refused) == {
        "seamcall": RECLAIM, "page": A, "status": "0xc000040000000000", "registers": ["0x4", "0x100000000", "0x0"],
    }  # fmt: skip
    done = event_fields(e.Seamcall("TDH.PHYMEM.CACHE.WB", None, "all packages", 0))
    assert done == {"seamcall": "TDH.PHYMEM.CACHE.WB", "object": "all packages", "status": "0x0"}
    assert event_fields(e.Warn("a.c:f:WARN_ON", False)) == {"site": "a.c:f:WARN_ON", "printed": False}
