"""What a worker must not do: outlive its parent, take all memory, start threads or processes, end itself.

These are refused while a reader's Python runs, by what it does and not by how it is
written, with a sentence that names the line.
"""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, Never

from kvmviz.revisions import guard

_PR_SET_PDEATHSIG: Final = 1

MEMORY: Final = 2 << 30
"""Bytes of address space that a worker may take, besides `MEMORY_PER_TABLE`."""

MEMORY_PER_TABLE: Final = 16 << 10

_NO_PROCESS: Final = "starts a process", "a patch runs in the one that it is given"
_NO_THREAD: Final = "starts a thread", "a teardown has one; call what shall run"
_NO_SIGNAL: Final = "sends a signal", "no kernel function could send it to the model"
_NO_EXIT: Final = "ends Python", "return from the function, or raise an error"
_NO_SEARCH: Final = "searches Python's memory", "decide by what the kernel's objects and functions say"

_EVENTS: Final = {
    "os.fork": _NO_PROCESS, "os.forkpty": _NO_PROCESS, "os.exec": _NO_PROCESS, "os.posix_spawn": _NO_PROCESS,
    "os.spawn": _NO_PROCESS, "os.system": _NO_PROCESS, "subprocess.Popen": _NO_PROCESS, "pty.spawn": _NO_PROCESS,
    "os.kill": _NO_SIGNAL, "os.killpg": _NO_SIGNAL, "signal.pthread_kill": _NO_SIGNAL,
    "gc.get_objects": _NO_SEARCH, "gc.get_referrers": _NO_SEARCH, "gc.get_referents": _NO_SEARCH,
}  # fmt: skip
"""Python's audit events that are refused, with what they do and what would be right."""

_FUNCTIONS: Final = {
    "os": {"_exit": _NO_EXIT, "abort": _NO_EXIT},
    "signal": {"raise_signal": _NO_SIGNAL},
    "_thread": {"start_new_thread": _NO_THREAD, "start_new": _NO_THREAD, "start_joinable_thread": _NO_THREAD},
    "threading": {"_start_new_thread": _NO_THREAD, "_start_joinable_thread": _NO_THREAD},
}
"""Functions that are refused and that no audit event tells of, by module."""


def die_with(parent: int) -> None:
    """Let the kernel end this process when `parent` ends, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before this one had asked
        os.kill(os.getpid(), signal.SIGKILL)


def _follow(parent: int) -> Never:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def apply() -> None:
    """Put every limit in place."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    room_for(0)
    for module, names in _FUNCTIONS.items():
        for name, words in names.items():
            if hasattr(sys.modules[module], name):
                setattr(sys.modules[module], name, _refusing(getattr(sys.modules[module], name), words))
    sys.addaudithook(_audit)


def room_for(tables: int) -> None:
    """Let a TD with this many tables have the memory that it needs."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY + tables * MEMORY_PER_TABLE
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def model() -> dict[tuple[str, ...], int]:
    """Return which functions the model consists of now."""
    found: dict[tuple[str, ...], int] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(("kvmviz.kvm.", "kvmviz.machine.", "kvmviz.revisions")):
            for key, value in list(vars(module).items()):
                if isinstance(value, FunctionType):
                    found[name, key] = id(value)
                elif isinstance(value, type) and value.__module__ == name:
                    found |= {(name, key, one): id(member) for one, member in vars(value).items() if callable(member)}
                    found |= {(name, key, one): id(m) for one, m in vars(value).items() if isinstance(m, property)}
    return found


def changed(before: dict[tuple[str, ...], int]) -> str:
    """Return the name of a function of the model that is not what it was; empty if all are."""
    now = model()
    return next((".".join(key) for key, value in before.items() if now.get(key, value) != value), "")


def _refusing(function: Callable[..., Any], words: tuple[str, str]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if guard.is_running():
            raise guard.Refused(*words)
        return function(*arguments, **options)

    return call


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    words = _EVENTS.get(event)
    if words and guard.is_running():
        raise guard.Refused(*words)
