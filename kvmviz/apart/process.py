"""A worker seen from the process that started it: what it is asked, how long that may take, how it ended."""

import os
import pickle
import signal
import subprocess
import sys
import sysconfig
import time
from multiprocessing.connection import Pipe, wait
from pathlib import Path
from typing import Any, Final

from kvmviz.apart.beat import Beat, Task, new_memory
from kvmviz.revisions.guard import PatchError, late, place_in_dump

PRINTED: Final = 2_000
"""Characters that are kept of what a task prints."""

_LOOK: Final = 0.1
"""Seconds between two looks at whether a task is late."""

_CODE: Final = "import sys; sys.path[:] = {path!r}; from kvmviz.apart.inside import main; main({numbers})"


def search_path() -> list[str]:
    """Return where a worker looks for modules: Python's own places first, the current folder last.

    So a `random.py` that happens to lie beside the reader is never taken for Python's.  Where this package itself
    is read from stays before what else has one of its name: a checkout that is tried with another's environment.
    """
    own = Path(__file__).parents[2]
    here = os.path.realpath(os.curdir)  # unlike `Path.cwd` it does not mind that the folder is gone
    python = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    found = list(dict.fromkeys(path or here for path in [*sys.path, str(own)]))

    def rank(path: str) -> int:
        if path in python or path.endswith(".zip") or Path(path).parent in map(Path, python):
            return 0
        return 2 if os.path.realpath(path) == here and here != os.path.realpath(own) else 1

    return sorted(found, key=rank)


class WorkerLostError(Exception):
    """A worker ended in the middle of a task; `task` is what it was at, if that is known, `how` how it ended."""

    def __init__(self, task: Task | None, how: str) -> None:
        super().__init__(how)
        self.task = task
        self.how = how


class Worker:
    """A process that runs one task at a time, and that is gone when this object is `end`ed."""

    def __init__(self) -> None:
        self.printed = _Printed()
        self._killed = False
        self._connection, theirs = Pipe()
        memory = new_memory()
        self._beat = Beat(memory)
        self._output, write_output = os.pipe()
        self._dump, write_dump = os.pipe()
        os.set_blocking(self._dump, False)
        given = (theirs.fileno(), memory, write_dump)
        self._known, self._path = tuple(sys.path), search_path()
        code = _CODE.format(path=self._path, numbers=", ".join(map(str, (os.getpid(), *given))))
        optimized = ["-O"] * sys.flags.optimize
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", *optimized, "-c", code], stdin=subprocess.DEVNULL, stdout=write_output,
                stderr=write_output, pass_fds=given, start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
            for descriptor in (memory, write_output, write_dump):
                os.close(descriptor)

    def ask(self, data: bytes, name: str, bound: float) -> Any:
        """Return what a task came to, or raise what it raised; `printed` has what it printed.

        `data` is a pickled function with its arguments, `name` the revision's if it
        is a reader's, `bound` how many seconds a single run may take.  Raises
        PatchError if it takes longer, WorkerLostError if the process ends.
        """
        self.printed = _Printed()
        try:
            self._connection.send_bytes(data)
            self._connection.send_bytes(pickle.dumps((name, bound, self._new_places())))
            answer = self._wait()
        except (EOFError, OSError):
            lost = WorkerLostError(self._beat.read(), self._how())
            self.end()  # it may still be there, with nobody to talk to
            raise lost from None
        self.printed.take(self._output)
        kind, value = pickle.loads(answer)
        if kind == "value":
            return value
        raise value if kind == "error" else RuntimeError(f"a worker failed:\n{value}")

    def _new_places(self) -> list[str]:
        """Return where modules are looked for here and not there: a file was loaded after the worker had started."""
        if tuple(sys.path) == self._known:
            return []
        self._known = tuple(sys.path)
        found = [path for path in search_path() if path not in self._path]
        self._path += found
        return found

    def _wait(self) -> bytes:
        connection, printed = self._connection, self.printed
        while True:
            ready = wait([connection, self._output], _LOOK)
            if self._output in ready and not printed.take(self._output):
                ready = wait([connection], _LOOK)
            if connection in ready:
                return connection.recv_bytes()
            task = self._beat.read()
            if task and task.is_late:
                raise self._too_late(task)

    def _too_late(self, task: Task) -> PatchError:
        where = self._where_it_stands()
        self.printed.take(self._output)
        self.end()
        return PatchError(late(task.name, where, task.bound, task.where))

    def _where_it_stands(self) -> str:
        """Ask for the line that is running; a C call that never returns cannot keep the process from answering."""
        if not hasattr(signal, "SIGUSR1"):
            return ""
        self._process.send_signal(signal.SIGUSR1)
        said, until = b"", time.monotonic() + 1
        while not said.endswith(b"\n") and time.monotonic() < until:
            time.sleep(0.02)
            said += _read(self._dump)
        return place_in_dump(said.decode("ascii", "replace"))

    def _how(self) -> str:
        """Wait for the process to be gone and say how it ended."""
        self.printed.take(self._output)
        try:
            status = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return "it closed its connection"
        where = place_in_dump(_read(self._dump).decode("ascii", "replace"))
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
        return f"{where} ended the process {how}" if where else f"the process ended {how}"

    @property
    def is_alive(self) -> bool:
        """Whether the process is there."""
        return not self._killed and self._process.poll() is None

    def kill(self) -> None:
        """End the process and whatever it started, at once; may be called by any thread."""
        self._killed = True
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()

    def end(self) -> None:
        """End the process and give back what belongs to it; only for the thread that asks it."""
        self.kill()
        self._process.wait()
        if not self._connection.closed:
            self._connection.close()
            self._beat.close()
            os.close(self._output)
            os.close(self._dump)


class _Printed:
    """The first characters of what a task prints, and how many more there were."""

    def __init__(self) -> None:
        self._kept = b""
        self._more = 0

    def take(self, descriptor: int) -> bool:
        """Take what there is now; return whether the other end is still open."""
        try:
            while wait([descriptor], 0):
                found = os.read(descriptor, 65536)
                if not found:
                    return False
                room = PRINTED - len(self._kept)
                self._kept += found[:room]
                self._more += len(found[max(room, 0) :])
        except OSError:
            return False
        return True

    def __str__(self) -> str:
        text = self._kept.decode("utf-8", "replace")
        text = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
        if text and not text.endswith("\n"):
            text += "\n"
        return f"{text}(and {self._more:,} characters more)\n" if self._more else text


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""
