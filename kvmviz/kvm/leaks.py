"""What the kernel leaks by saying nothing, noted for functions that do not note it themselves.

A page that the TDX module keeps is leaked by a plain `return`, and so is the key
id.  The model's functions say so (`vm.forget`, `vm.forget_hkid`), which gives a
run a step to see it by; C has no such statement.  Where one of these functions is
replaced, what it has left behind is noted when it returns, still in its name.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from types import FunctionType
from typing import Any, Final

from kvmviz.kvm.vm import VM, Vcpu
from kvmviz.machine.callchain import enroll_like
from kvmviz.machine.page import Page

Function = Callable[..., Any]


def _after_release(vm: VM) -> Iterator[Callable[[], None]]:
    if vm.hkid > 0 and not vm.hkid_forgotten:
        yield vm.forget_hkid


def _after_control_page(vm: VM, ctrl_page: Page) -> Iterator[Callable[[], None]]:
    return _pages(vm, ctrl_page)


def _after_vcpu_free(vm: VM, vcpu: Vcpu) -> Iterator[Callable[[], None]]:
    return _pages(vm, *vcpu.tdcx_pages, vcpu.tdvpr_page)


def _after_td_control_pages(vm: VM) -> Iterator[Callable[[], None]]:
    return _pages(vm, *vm.tdcs_pages, vm.tdr_page)


def _pages(vm: VM, *pages: Page) -> Iterator[Callable[[], None]]:
    for page in pages:
        if page.allocated and page not in vm.forgotten:
            yield partial(vm.forget, page)


def _after_destroy(vm: VM) -> Iterator[Callable[[], None]]:
    yield vm.forget_the_rest


AFTER: Final[Mapping[str, Callable[..., Iterator[Callable[[], None]]]]] = {
    "tdx_mmu_release_hkid": _after_release,
    "tdx_reclaim_control_page": _after_control_page,
    "tdx_vcpu_free": _after_vcpu_free,
    "tdx_reclaim_td_control_pages": _after_td_control_pages,
    "kvm_destroy_vm": _after_destroy,
}
"""For each function that gives a page or the key up for good: what it leaves behind, by its arguments."""


def noting(name: str, function: Function) -> Function:
    """Return the function; where it can leak something by a plain return, with that noted at its end."""
    if name not in AFTER:
        return function
    left_behind, note = AFTER[name], _in_the_name_of(function)

    @wraps(function)
    def call(*arguments: Any) -> Any:
        result = function(*arguments)
        for forget in left_behind(*arguments):
            note(forget)
        return result

    return call


def _in_the_name_of(function: Function) -> Function:
    """Return a function that calls what it is given and stands in a call chain as the last line of `function`."""
    meant = function
    while (inner := getattr(meant, "__wrapped__", None)) is not None:
        meant = inner
    assert isinstance(meant, FunctionType)
    code = meant.__code__
    last = max(line for *_, line in code.co_lines() if line)
    names: dict[str, Any] = {}
    exec(compile("\n" * (last - 1) + "def note(forget): forget()", code.co_filename, "exec"), names)
    made: Any = names["note"]
    # Code that says the same on the same line is equal, whatever its file; the register has to tell one from the other.
    made.__code__ = made.__code__.replace(co_name=f"note {code.co_name} {code.co_filename}")
    note: Function = made
    enroll_like(note, meant)
    return note
