"""The warning macros: when a trace is printed, what the expression is worth, what it does besides.

| macro                | trace printed                               | value           |
|----------------------|---------------------------------------------|-----------------|
| WARN_ON(c)           | every time c is true                        | c               |
| WARN_ON_ONCE(c)      | the first time at this site since boot      | c, every time   |
| KVM_BUG_ON(c, vm)    | once, and only while the VM is not bugged   | c, every time   |
| TDX_BUG_ON(e, .., vm)| once, and only while the VM is not bugged   | e != 0          |
| TDX_BUG_ON(.., None) | once; nothing can be bugged                 | e != 0          |

"Once" decides what is printed, never what the expression is worth.  Names in
capitals are the kernel's macros and so do not appear in a call chain.

Sources: include/linux/kvm_host.h (KVM_BUG_ON, kvm_vm_bugged),
arch/x86/kvm/vmx/tdx.c (TDX_BUG_ON), kernel/panic.c (panic_on_warn).
"""

from typing import Protocol

from kvmviz.machine.host import Host, HostPanicked
from kvmviz.machine.recorder import site
from kvmviz.scenario.status import status_number


class BuggableVM(Protocol):
    """What the macros need of a VM (C: `struct kvm`)."""

    host: Host
    vm_bugged: bool
    vm_dead: bool


def WARN_ON(host: Host, condition: object, about: str = "") -> bool:
    """Print a trace each time the condition is true; return the condition.

    `about`, here and below, tells several of one function apart in the site's name.
    """
    if condition:
        _trace(host, site(named("WARN_ON", about)), printed=True)
    return bool(condition)


def WARN_ON_ONCE(host: Host, condition: object, about: str = "") -> bool:
    """Print a trace the first time at this site since boot; return the condition every time."""
    if condition:
        _trace_once(host, site(named("WARN_ON_ONCE", about)))
    return bool(condition)


def KVM_BUG_ON(condition: object, vm: BuggableVM, about: str = "") -> bool:
    """Mark the VM as bugged, with one trace a site and boot; return the condition every time.

    `about` tells several KVM_BUG_ONs of one function apart in the site's name
    (`KVM_BUG_ON/hkid`); it stands for the condition's text, which the kernel's
    own trace shows by its line number.
    """
    if condition:
        name = site(named("KVM_BUG_ON", about))
        if vm.vm_bugged:
            vm.host.recorder.masked(name)
        else:
            _trace_once(vm.host, name)
            kvm_vm_bugged(vm, name)
    return bool(condition)


def TDX_BUG_ON(
    host: Host, err: int, fn: str, vm: BuggableVM | None, registers: tuple[int, ...] = (), about: str = ""
) -> bool:
    """Report a failed SEAMCALL: one trace a site and boot, the VM bugged if there is one, and an error line.

    With a VM the whole report is made only while that VM is not bugged; with
    `None` it is made every time and marks nobody.  `fn` is the SEAMCALL's name
    with underscores; `registers` are shown in the line.
    """
    if err:
        macro = "TDX_BUG_ON" + (f"_{len(registers)}" if registers else "")
        name = site(named(f"{macro}/{fn}", about))
        if vm is not None and vm.vm_bugged:
            host.recorder.masked(name)
            return True
        _trace_once(host, name)
        if vm is not None:
            kvm_vm_bugged(vm, name)
        pr_err_ratelimited(host, seamcall_line(fn, err, registers))
    return bool(err)


def TDX_BUG_ON_3(host: Host, err: int, fn: str, rcx: int, rdx: int, r8: int, vm: BuggableVM | None) -> bool:
    """As TDX_BUG_ON, with three registers in the error line."""
    return TDX_BUG_ON(host, err, fn, vm, (rcx, rdx, r8))


def named(macro: str, about: str) -> str:
    """Return what a site calls a macro, with what tells several of one function apart."""
    return f"{macro}/{about}" if about else macro


def kvm_vm_bugged(vm: BuggableVM, name: str) -> None:
    """Set vm_bugged and vm_dead.

    The kernel also asks every vCPU to stop; during destruction none is left
    that could, so the model has nothing to do there.
    """
    vm.vm_bugged = True
    vm.vm_dead = True
    vm.host.recorder.vm_bugged(name)


def pr_err(host: Host, message: str) -> None:
    """Print an error line, every time."""
    host.recorder.pr_err(site("pr_err"), True, message)


def pr_err_once(host: Host, message: str) -> None:
    """Print an error line the first time in a boot, and never again at this site."""
    name = site("pr_err_once")
    if host.boot.once(name):
        host.recorder.pr_err(name, True, message)


def pr_err_ratelimited(host: Host, message: str) -> None:
    """Print an error line unless its site printed ten in this window of five seconds."""
    name = site("pr_err_ratelimited")
    printed, missed = host.boot.limit(name).allow(host.boot.now)
    if missed:
        function = name.split(":")[1]
        host.recorder.pr_warn(name, f"{function}: {missed} callbacks suppressed")
    host.recorder.pr_err(name, printed, message)


def seamcall_line(fn: str, err: int, registers: tuple[int, ...]) -> str:
    """Return the words of TDX_BUG_ON's error line."""
    shown = "".join(f", {name} {value:#x}" for name, value in zip(("rcx", "rdx", "r8"), registers, strict=False))
    return f"SEAMCALL {fn} failed: {status_number(err)}{shown}"


def report(host: Host, name: str, *, once: bool) -> None:
    """Print a trace for a warning at this site: every time, or once a boot."""
    _trace(host, name, printed=host.boot.once(name) if once else True)


def _trace_once(host: Host, name: str) -> None:
    _trace(host, name, printed=host.boot.once(name))


def _trace(host: Host, name: str, printed: bool) -> None:
    host.recorder.warn(name, printed)
    if printed and host.panic_on_warn:
        host.recorder.panic()
        raise HostPanicked(name)
