"""Link-time substitution: a copy behaves as the original, step by step, and what it calls is linked too."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, new_class
from typing import Any

import pytest

from kvmviz.check.space import scenarios
from kvmviz.kvm import leaks, tdx
from kvmviz.kvm.leaks import AFTER
from kvmviz.kvm.linking import REPLACEABLE, link
from kvmviz.machine.callchain import caller, enroll
from kvmviz.record.runs import Run, run
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.revisions.runnable import linked
from kvmviz.scenario import Scenario

CASES = (
    "tree=1x1x2 leaves=present fail=L1@0x200,TDCS[1] vcpus=1",
    "tree=1x1x2 leaves=gone zap=prove-mmu fail=all,TDR,TDVPR[0] vcpus=1 boot=second:1s",
    "tree=1x1x1 hkid=assigned fail=none vcpus=2",
    "tree=1x1x1 hkid=vp-flush-error vcpus=1",
    "tree=1x1x1 hkid=vpflushdone-error leaves=present",
    "tree=1x1x1 hkid=cache-wb-error",
    "tree=1x1x1 fail=TDCX[0][1],TDR vcpus=1 panic=on",
)


def copied(function: Callable[..., Any], change: Callable[[ast.Module], ast.Module] = lambda tree: tree) -> Any:
    """The function compiled once more from its source, over the names of its module."""
    tree = change(ast.parse(textwrap.dedent(inspect.getsource(function))))
    definition = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    definition.decorator_list = []
    names = {**vars(inspect.getmodule(function)), "__name__": "copies"}
    exec(compile(ast.fix_missing_locations(tree), inspect.getfile(function), "exec"), names)
    return names[function.__name__]


def replacing(base: str, **functions: Any) -> type[Revision]:
    return new_class("Mine", (Revision,), {"base": base}, lambda body: body.update(functions))


def told(result: Run) -> Any:
    assert result.events is not None
    return result.events, result.summary


@pytest.mark.parametrize("name", REPLACEABLE)
def test_a_copy_of_a_function_behaves_as_the_function(name: str) -> None:
    mine = replacing("v1", **{name: copied(REPLACEABLE[name])})
    assert linked(mine)[0] is not mine
    for line in CASES:
        assert told(run(mine, line)) == told(run("v1", line)), line


def test_a_copy_of_everything_behaves_as_the_model() -> None:
    everything = {name: copied(function) for name, function in REPLACEABLE.items()}
    for base in REVISIONS:
        mine = replacing(base, **everything)
        for line in CASES:
            assert told(run(mine, line)) == told(run(base, line)), (base, line)


class WithoutForgetting(ast.NodeTransformer):
    """Takes out what C has no statement for."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if "forget" in ast.unparse(node) else node


LEAKING = sorted(name for name, f in REPLACEABLE.items() if "forget" in ast.unparse(ast.parse(inspect.getsource(f))))


def test_all_functions_that_leak_by_a_return_are_known() -> None:
    assert sorted(AFTER) == LEAKING


@pytest.mark.parametrize("name", LEAKING)
def test_what_is_leaked_by_a_plain_return_is_noted_where_the_model_notes_it(name: str) -> None:
    def change(tree: ast.Module) -> ast.Module:
        changed: ast.Module = WithoutForgetting().visit(tree)
        assert "forget" not in ast.unparse(changed)
        return changed

    mine = replacing("landed", **{name: copied(REPLACEABLE[name], change)})
    for line in (*CASES, "fail=TDCS[0],TDCS[3],TDR", "fail=TDR", "fail=TDVPR[1],TDCX[0][0] vcpus=2"):
        assert told(run(mine, line)) == told(run("landed", line)), line


def test_what_is_noted_after_functions_of_two_files_is_told_apart_by_file() -> None:
    notes: dict[str, Any] = {}
    for name in ("tdx_vcpu_free", "tdx_reclaim_td_control_pages"):  # both end on the same line
        names: dict[str, Any] = {}
        exec(compile(f"def {name}(vm): pass", f"{name}.c", "exec"), names)
        enroll(names[name], name, "arch/x86/kvm/vmx/tdx.c")
        notes[name] = leaks._in_the_name_of(names[name])
    told: list[str] = []
    for note in notes.values():
        note(lambda: told.append(caller().name))
    assert told == [*notes]


def test_a_substitute_is_met_by_all_who_call_it_and_calls_what_is_linked(capsys: pytest.CaptureFixture[str]) -> None:
    def __tdx_reclaim_page(host: Any, page: Any) -> int:
        print(page.name)
        return 7

    mine = replacing("before", __tdx_reclaim_page=__tdx_reclaim_page)
    result = run(mine, "tree=1x1x1 vcpus=1")
    asked = capsys.readouterr().err.splitlines()
    assert asked == list(dict.fromkeys(asked)) and {"TDR", "TDVPR[0]", "S-EPT L1 gfn=0x0"} <= set(asked)
    assert result.summary.leaked_count == len(asked)
    assert run("before", "tree=1x1x1 vcpus=1").summary.leaked_count == 0


def test_a_readers_helpers_are_linked_too() -> None:
    names: dict[str, Any] = {"tdx_reclaim_page": tdx.tdx_reclaim_page, "__name__": "mine"}
    exec("def helper(host, page):\n    return tdx_reclaim_page(host, page)\n"
         "def op(vm, gfn, sp):\n    helper(vm.host, sp.external_spt)\n"
         "def never(host, page):\n    return 1\n", names)  # fmt: skip
    mine = replacing("v1", tdx_sept_free_private_spt=names["op"], tdx_reclaim_page=names["never"])
    kinds = [event["seamcall"] for event in run(mine, "tree=1x1x1").events or () if event["kind"] == "seamcall"]
    assert "TDH.PHYMEM.PAGE.RECLAIM" in kinds and kinds.count("TDH.PHYMEM.PAGE.RECLAIM") == 1  # the TDR's own


def test_a_revision_that_replaces_nothing_more_is_not_linked() -> None:
    def op(vm: Any, gfn: int, sp: Any) -> None:
        sp.external_spt = None

    mine = replacing("v1", tdx_sept_free_private_spt=op)
    assert linked(mine)[0] is mine
    assert linked(REVISIONS["v1"]) == (REVISIONS["v1"], linked(mine)[1])


def test_linking_leaves_the_model_as_it_was() -> None:
    before = {name: value for name, value in vars(tdx).items() if isinstance(value, FunctionType)}
    link({"tdx_reclaim_page": lambda host, page: 0})
    assert {name: value for name, value in vars(tdx).items() if isinstance(value, FunctionType)} == before


def _quick() -> Iterator[Scenario]:
    return iter(list(scenarios("quick"))[::97])


def test_a_name_with_two_underscores_can_be_replaced_in_a_class() -> None:
    names: dict[str, Any] = {"Revision": Revision, "__name__": "mine"}
    exec("class Mine(Revision, base='v1'):\n    def __tdx_reclaim_page(host, page): return 0", names)
    mine: type[Revision] = names["Mine"]
    assert mine.own == {"__tdx_reclaim_page"}
    for scenario in _quick():
        assert not any(event["kind"] == "seamcall" and event["seamcall"].endswith("RECLAIM")
                       for event in run(mine, scenario).events or ())  # fmt: skip
