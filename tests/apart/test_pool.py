"""Workers: what comes back, what is printed, what goes wrong, and that one which is lost is replaced."""

import _thread
import os
import threading
import time
from concurrent.futures import CancelledError
from typing import Any

import pytest

import kvmviz
from kvmviz.apart import Answer, Pool, call, processors, result_of, stop_workers, workers
from kvmviz.errors import KvmvizError
from kvmviz.revisions.guard import PatchError, allowing
from tests.processes import is_there, left_of, only_linux


def sleeper(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def prints(times: int) -> None:
    for number in range(times):
        print("line", number)


def raises(error: BaseException) -> None:
    raise error


def test_a_value_comes_back_from_another_process() -> None:
    assert call(os.getpid) != os.getpid()
    assert call(divmod, 7, 2) == (3, 1)


def test_a_worker_is_kept_and_several_work_at_once() -> None:
    with Pool(2) as pool:
        assert pool.submit(os.getpid).result() == pool.submit(os.getpid).result()
        started = time.monotonic()
        pids = {future.result() for future in [pool.submit(sleeper, 1.0) for _ in range(2)]}
        assert len(pids) == 2
        assert time.monotonic() - started < 15
    assert left_of(list(pids)) == []


def test_what_is_printed_goes_to_standard_error_and_is_cut(capfd: pytest.CaptureFixture[str]) -> None:
    call(prints, 2)
    assert capfd.readouterr() == ("", "line 0\nline 1\n")
    call(prints, 100_000)
    out, err = capfd.readouterr()
    assert out == ""
    assert 2_000 < len(err) < 2_100
    assert err.endswith("characters more)\n")


def test_an_error_of_ours_comes_back_as_it_is() -> None:
    with pytest.raises(KvmvizError, match=r"^wrong\.$"):
        call(raises, KvmvizError("wrong."))


def test_another_error_shows_where_it_was_raised() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in raises.*ZeroDivisionError: here"):
        call(raises, ZeroDivisionError("here"))


def test_a_worker_that_is_lost_is_replaced() -> None:
    with Pool(1) as pool:
        with pytest.raises(PatchError, match=r"^A worker was lost: the process ended with status 7; it needs about"):
            pool.submit(os._exit, 7).result()
        assert pool.submit(divmod, 7, 2).result() == (3, 1)


def closes() -> None:
    os.closerange(3, 100)
    time.sleep(60)


def test_a_worker_that_is_there_and_no_longer_listens_is_replaced() -> None:
    with Pool(1) as pool:
        lost = pool.submit(closes)
        with pytest.raises(PatchError, match="closed its connection"):
            lost.result()
        assert pool.submit(divmod, 7, 2).result() == (3, 1)


def test_a_run_that_takes_too_long_is_ended() -> None:
    class Sleeps(kvmviz.Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
            time.sleep(100)

    with pytest.raises(PatchError, match=r"^Sleeps: tdx_sept_free_private_spt, line \d+, does not end: it was"):
        kvmviz.run(Sleeps, "tree=1x1x1", timeout=0.5)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_bound_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(PatchError, match="give a number of seconds above 0"), allowing(seconds):
        pass


@only_linux
def test_stopping_ends_what_runs_and_calls_off_what_waits() -> None:
    with Pool(1) as pool:
        pid = pool.submit(os.getpid).result()
        running, waiting = pool.submit(sleeper, 100), pool.submit(sleeper, 100)
        while not running.running():
            time.sleep(0.01)
        pool.stop()
        with pytest.raises(PatchError, match="A worker was lost"):
            running.result()
        with pytest.raises(CancelledError):
            waiting.result()
        assert left_of([pid]) == []
        assert pool.submit(divmod, 7, 2).result() == (3, 1)


def test_a_pool_that_is_shut_down_takes_nothing() -> None:
    pool = Pool(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(divmod, 7, 2)


@only_linux
def test_a_copy_of_this_process_leaves_its_workers_alone() -> None:
    pid = call(os.getpid)
    child = os.fork()
    if not child:
        stop_workers()
        os._exit(0)
    os.waitpid(child, 0)
    assert is_there(pid)


def test_there_is_one_for_each_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)
    assert workers() is workers()


def test_a_signal_that_wakes_nobody_ends_the_wait_all_the_same() -> None:
    """So is one that comes in the moment before the wait begins; this one comes in its midst."""
    never = Answer()
    threading.Timer(0.05, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        result_of(never)


def test_a_wait_gives_what_a_task_came_to() -> None:
    late = Answer()
    threading.Timer(0.3, late.set_result, [7]).start()
    assert result_of(late) == 7
    wrong = Answer()
    wrong.set_exception(TimeoutError("of its own"))
    with pytest.raises(TimeoutError, match="of its own"):
        result_of(wrong)
