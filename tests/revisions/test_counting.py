"""Where no alarm comes, a reader's lines are counted from the start, and the model's are not."""

import sys
from types import CodeType
from typing import Any

import pytest

from kvmviz.record.runs import run
from kvmviz.revisions import Revision, guard
from kvmviz.revisions.counting import Counter

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no sys.monitoring, nor a browser")


class Beyond(BaseException):
    """The bound is passed."""


def here(code: CodeType) -> bool:
    return code.co_filename == __file__


def counted(bound: int, function: Any) -> int:
    counter = Counter(bound, here, Beyond)
    counter.start()
    try:
        function()
    finally:
        counter.stop()
    return bound - counter.left


def three() -> None:
    a = 1
    b = a
    del b


def endless() -> None:
    while True: pass  # noqa: E701  # on one line, where no new line is ever begun


def calls() -> None:
    three()
    three()


def test_lines_are_counted_also_of_what_is_called() -> None:
    assert counted(100, three) == 3
    assert counted(100, calls) == 8
    assert counted(100, lambda: sorted(range(10))) <= 2


def test_a_loop_on_one_line_comes_to_an_end() -> None:
    with pytest.raises(Beyond):
        counted(1000, endless)
    assert counted(100, three) == 3  # and nothing of it is left


def test_an_endless_patch_is_stopped_where_no_alarm_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "IN_BROWSER", True)
    monkeypatch.setattr("kvmviz.apart.pool.AVAILABLE", False)

    class Endless(Revision, base="v1"):
        def tdx_sept_free_private_spt(vm: Any, gfn: Any, sp: Any) -> None:  # noqa: N805
            while sp:
                pass

    with pytest.raises(guard.PatchError, match="does not end and was stopped after 4,000 lines"):
        run(Endless, "tree=1x1x1")
    assert run("v1", "tree=1x1x1").summary.leaked_count == 0
