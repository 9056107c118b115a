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

from kvmviz.apart import limits
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
    while True:
        try:
            data, bound = connection.recv_bytes(), 0.0
            name, bound = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            os.kill(os.getpid(), signal.SIGKILL)  # whatever a patch has left behind
        guard.TIMEOUT.set(bound)
        pulse.begin(name, "", bound + guard.BESIDES if name else math.inf)
        answer = _answer(data, name)
        pulse.rest()
        sys.stdout.flush()
        connection.send_bytes(answer)


def _answer(data: bytes, name: str) -> bytes:
    """Run a task and return what came of it: ("value", it), ("error", the error) or ("bug", a traceback)."""
    try:
        function, arguments = pickle.loads(data)
        return pickle.dumps(("value", function(*arguments)), pickle.HIGHEST_PROTOCOL)
    except KvmvizError as error:
        return pickle.dumps(("error", error))
    except BaseException as error:
        if name:
            return pickle.dumps(("error", guard.failed(name, error)))
        return pickle.dumps(("bug", _told(error)))


def _told(error: BaseException) -> Any:
    return "".join(traceback.format_exception(error))
