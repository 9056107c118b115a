"""Checking: the same answer from every executor, in every order, and the figures of the spaces."""

import io
import json
import multiprocessing
import sys
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest

import kvmviz
from kvmviz.check.engine import check, run_batch
from kvmviz.check.report import Report
from kvmviz.check.space import scenarios
from kvmviz.revisions import REVISIONS, Revision, RevisionError
from kvmviz.revisions.guard import PatchError
from kvmviz.scenario import Scenario, ScenarioError
from tests.spaces import counted
from tests.trying import sampled

BEHAVIOURS = {"quick": 1680, "default": 10051}
"""Distinct behaviours among the scenarios of a space, the same number under each revision."""


class Forgetful(Revision, base="v1"):
    """As PointerKept, but in a test's module, as a reader's own."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        return None


def same(report: Report) -> str:
    """What must not depend on where and when the runs were made."""
    return json.dumps({k: v for k, v in report.to_json().items() if k != "seconds_per_run"}) + str(report)


class Backwards(Executor):
    """Runs the batch that was handed in last first, and only when a result is asked for."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        outer = self

        class Later(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                while outer.waiting:
                    future, call, arguments = outer.waiting.pop()
                    future.set_result(call(*arguments))
                return super().result(timeout)

        future = Later()
        self.waiting.append((future, fn, args))
        return future


@pytest.mark.parametrize("revision", ["v1", pytest.param(Forgetful, marks=pytest.mark.slow)])
def test_every_executor_gives_the_same_answer(revision: Any) -> None:
    alone = check(revision, "1x1x1", progress=False)
    spawn = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=spawn) as processes:
        others = [check(revision, "1x1x1", executor, progress=False) for executor in (threads, processes, Backwards())]
    assert {same(other) for other in others} == {same(alone)}
    assert alone.scenarios == counted("1x1x1")


def test_parallel_by_default_gives_the_same_answer() -> None:
    one = [str(s) for s in scenarios("1x1x3")]
    assert same(check("v1", one, progress=False)) == same(check("v1", one, ThreadPoolExecutor(1), progress=False))


@pytest.mark.parametrize("revision", sampled(reversed(REVISIONS), 1))
def test_quick_space(revision: str) -> None:
    report = check(revision, "quick", progress=False)
    assert report.ok and report.status == 0
    assert report.scenarios == counted("quick")
    assert report.behaviours == BEHAVIOURS["quick"]
    assert [r.name for r in report.results if not r.met] == []
    assert f"{report.scenarios:,} scenarios, {report.behaviours:,} distinct behaviours" in str(report)


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
def test_default_space_and_quick_give_the_same_verdicts(revision: str) -> None:
    report, quick = check(revision, progress=False), check(revision, "quick", progress=False)
    assert report.scenarios == counted("default")
    assert report.behaviours == BEHAVIOURS["default"]
    assert [r.name for r in report.results if not r.met] == []
    assert [r.verdict for r in report.results] == [r.verdict for r in quick.results]
    assert report.counterexamples == quick.counterexamples
    assert report.ok


def test_progress_goes_to_stderr_alone() -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        check("v1", "1x1x1", progress=True)
    assert out.getvalue() == "" and "v1" in err.getvalue()
    with redirect_stderr(io.StringIO()) as quiet:
        check("v1", "1x1x1")
    assert quiet.getvalue() == ""


def test_the_package_is_the_function_too() -> None:
    assert repr(kvmviz.check("landed", ["tree=1x1x1"])) == "<kvmviz.check landed in 1 scenarios: ok>"


def test_wrong_questions_get_a_sentence() -> None:
    with pytest.raises(RevisionError, match="Unknown revision"):
        check("v9")
    with pytest.raises(ScenarioError, match="no space"):
        check("v1", "everything")


def test_only_what_is_known_of_the_base_is_forgiven() -> None:
    class Mute(Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
            if vm.hkid > 0 or vm.host.tdx.tdh_phymem_page_reclaim(sp.external_spt)[0]:
                sp.external_spt = None

    report = check(Mute, "1x1x1", progress=False)
    assert not report.ok
    result = report["leaks_reach_the_log"]
    assert result.verdict == "bug" and result.broken is not None
    assert result.broken.smallest.scenario == "tree=1x1x1 hkid=flushvp-not-done"
    assert result.beyond < result.broken.count
    assert check("v1", "1x1x1", progress=False)["leaks_reach_the_log"].verdict == "design"


def test_a_patch_that_raises_ends_the_check_with_a_sentence() -> None:
    class Raises(Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
            sp.nothing_of_that_name()

    for executor in (None, ThreadPoolExecutor(1), ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))):
        with pytest.raises(PatchError, match=r"Raises: tdx_sept_free_private_spt, line \d+, fails with tree=1x1x1: .*"):
            check(Raises, "1x1x1", executor, progress=False)


def test_a_patch_that_remembers_is_caught() -> None:
    seen: list[int] = []

    class Remembers(Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
            seen.append(1)
            if len(seen) == 2:
                sp.external_spt = None

    with pytest.raises(PatchError, match="must not remember"):
        check(Remembers, ["tree=1x1x1"], progress=False)


def test_a_machine_of_a_cluster_that_dies_gets_a_sentence() -> None:
    class Dies(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor())
            return future

    with pytest.raises(PatchError, match="a process ended in the middle of its work"):
        check(Forgetful, "1x1x1", Dies(), progress=False)


def test_batches_can_be_added_in_any_grouping() -> None:
    from kvmviz.check.outcome import Outcome, examine

    every = list(scenarios("1x1x1"))
    whole = examine(REVISIONS["v1"], every)
    parts = Outcome()
    for start in range(0, len(every), 7):
        parts.merge(examine(REVISIONS["v1"], every[start : start + 7]))
    whole.seconds = parts.seconds = 0
    assert parts == whole


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cluster_gives_the_same_answer() -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        there = check(Forgetful, "1x1x2", client.get_executor(), progress=False)
    assert same(there) == same(check(Forgetful, "1x1x2", progress=False))


def test_run_batch_needs_nothing_but_its_arguments() -> None:
    from kvmviz.apart import pack

    outcome = run_batch(pack(Forgetful), None, (Scenario.parse("tree=1x1x1 fail=L1@0x0"),))
    assert outcome.cells["owned_pages_are_not_freed"].beyond == 1


def test_first_tds_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from kvmviz.check.outcome import examine

    module = sys.modules["kvmviz.record.teardown"]
    monkeypatch.setattr(module, "REMEMBERED_BOOTS", 10)
    examine(REVISIONS["v1"], scenarios("1x1x1"))
    assert len(vars(module)["_BOOTS"][REVISIONS["v1"]]) <= 10
