"""What runs in a worker: it takes one task after the other until nobody is there to give one."""

import faulthandler
import math
import os
import pickle
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any, Never

from kvmviz.apart import limits, remembered
from kvmviz.apart.beat import Beat
from kvmviz.errors import KvmvizError
from kvmviz.revisions import guard


def main(parent: int, talk: int, beat: int, dump: int) -> Never:
    """Serve the process `parent`; the others are descriptors, of `process.Worker`."""
    limits.die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable(dump)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, dump, all_threads=False)
    pulse, connection = Beat(beat), Connection(talk)
    guard.watch_with(pulse.begin)
    limits.apply()
    sys.unraisablehook = _unraisable
    while True:
        try:
            data, bound = connection.recv_bytes(), 0.0
            name, bound, places = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            os.kill(os.getpid(), signal.SIGKILL)  # whatever a patch has left behind
        sys.path += places
        guard.TIMEOUT.set(bound)
        pulse.begin(name, "", bound + guard.BESIDES if name else math.inf)
        try:
            answer, fit = _answer(data, name)
            pulse.rest()
            sys.stdout.flush()
            connection.send_bytes(answer)
        except BaseException:
            if not name:
                raise
            os._exit(1)  # a patch closed what is talked through, or took Python's modules away: its caller says so
        if not fit:
            os.kill(os.getpid(), signal.SIGKILL)


def _answer(data: bytes, name: str) -> tuple[bytes, bool]:
    """Run a task and return what came of it, and whether this process is still fit for another.

    What came of it is ("value", it), ("error", the error) or ("bug", a traceback).
    """
    before = limits.model() if name else {}
    try:
        function, arguments = pickle.loads(data)
        patches: list[Any] = [one for one in arguments if isinstance(one, type) and getattr(one, "is_python", False)]
        kept = [remembered.state(one) for one in patches]
        found = pickle.dumps(("value", function(*arguments)), pickle.HIGHEST_PROTOCOL)
        for one, value in zip(patches, kept, strict=True):
            if what := remembered.changed(one, value):
                print(f"kvmviz: what {one.name} keeps in {what} is lost with its process; print it instead.")
    except KvmvizError as error:
        found = pickle.dumps(("error", error))
    except BaseException as error:
        found = pickle.dumps(("error", guard.failed(name, error)) if name else ("bug", _told(error)))
    if name and (changed := limits.changed(before)):
        error_ = guard.PatchError(f"{name}: it replaces {changed} for every revision; define it in the class instead.")
        return pickle.dumps(("error", error_)), False
    return found, True


def _unraisable(what: "sys.UnraisableHookArgs") -> None:
    """Say in a line what Python ignores, as an error in `__del__`; that a bound ended a loop there the run says."""
    if what.exc_type.__name__ != "_TooManyLines":
        print(f"kvmviz: Python ignores {what.exc_type.__name__} here, as in a __del__.", file=sys.stderr)


def _told(error: BaseException) -> Any:
    return "".join(traceback.format_exception(error))
