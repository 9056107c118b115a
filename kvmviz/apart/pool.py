"""The workers of this process, one for each processor, as an executor.

>>> with Pool(1) as pool:
...     pool.submit(divmod, 7, 2).result()
(3, 1)
"""

import atexit
import contextlib
import os
import pickle
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from kvmviz.apart.process import Worker, WorkerLostError
from kvmviz.apart.shipping import pack
from kvmviz.revisions import Revision
from kvmviz.revisions.guard import TIMEOUT, PatchError, allowing, is_watched

T = TypeVar("T")

IDLE: Final = 60
"""Seconds without a task after which a worker ends."""

_HEEDS: Final = 0.2
"""Seconds after which whoever waits for a task looks whether a signal has come."""

AVAILABLE: Final = os.name == "posix" and sys.platform not in ("emscripten", "wasi", "ios", "android")
"""Whether this system can have workers at all."""


class Answer(Future[Any]):
    """What a task comes to; `printed` is what it printed, cut at a length."""

    printed = ""


class _Task:
    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name, self.bound = data, name, TIMEOUT.get()
        self.answer = Answer()


class Pool(Executor):
    """Workers that are started when they are needed; each has a thread here that watches it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: deque[_Task] = deque()
        self._ready = threading.Condition()
        self._threads = self._waiting = 0
        self._workers: set[Worker] = set()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Answer:
        """Let a worker run a function that it can import; a reader's revisions may be among the arguments."""
        assert not kwargs
        name = next((a.name for a in args if isinstance(a, type) and issubclass(a, Revision) and a.is_python), "")
        return self.submit_packed(pack((fn, args)), name)

    def submit_packed(self, data: bytes, name: str) -> Answer:
        """Let a worker run what `pack((function, arguments))` gave; `name` is that of a reader's revision in it."""
        task = _Task(data, name)
        with self._ready:
            if self._closed:
                raise RuntimeError("this pool is shut down")
            self._tasks.append(task)
            if self._waiting < len(self._tasks) and self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._serve, name="kvmviz-worker", daemon=True).start()
            self._ready.notify()
        return task.answer

    def _serve(self) -> None:
        """Give one worker its tasks.  It is started here, since the kernel ends it when the thread that did so ends."""
        worker: Worker | None = None
        while (task := self._next()) is not None:
            if not task.answer.set_running_or_notify_cancel():
                continue
            if worker is None or not worker.is_alive:
                self._drop(worker)
                worker = Worker()
                self._workers.add(worker)
            _answer(task, worker)
        self._drop(worker)

    def _next(self) -> _Task | None:
        until = time.monotonic() + IDLE
        with self._ready:
            self._waiting += 1
            try:
                while not self._tasks:
                    if self._closed or not self._ready.wait(until - time.monotonic()):
                        self._threads -= 1
                        return None
                return self._tasks.popleft()
            finally:
                self._waiting -= 1

    def _drop(self, worker: Worker | None) -> None:
        if worker is not None:
            self._workers.discard(worker)
            worker.end()

    def stop(self) -> None:
        """End every worker at once, whatever it is at; tasks that wait are called off."""
        with self._ready:
            waiting, self._tasks = self._tasks, deque()
        for task in waiting:
            task.answer.cancel()
        for worker in list(self._workers):
            worker.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; end when those are done that were given, or at once with `cancel_futures`."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        if cancel_futures:
            self.stop()
        while wait and self._threads:
            time.sleep(0.01)


def _answer(task: _Task, worker: Worker) -> None:
    try:
        value = worker.ask(task.data, task.name, task.bound)
    except BaseException as error:
        task.answer.printed = str(worker.printed)
        task.answer.set_exception(PatchError(_lost(error, task.name)) if isinstance(error, WorkerLostError) else error)
    else:
        task.answer.printed = str(worker.printed)
        task.answer.set_result(value)


def _lost(lost: WorkerLostError, name: str) -> str:
    at = lost.task
    where = f", with {at.where}" if at and at.where else ""
    who = (at.name if at else "") or name
    if not who:
        return f"A worker was lost: {lost.how}{where}; it needs about 100 MB of memory."
    return f"{who}: {lost.how}{where}; a patch must not end Python, nor take all memory."


@lru_cache(maxsize=1)
def processors() -> int:
    """Return how many processors this process may use, by its affinity and its control group's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, max(1, round(int(quota) / int(period))))
    return count


@lru_cache(maxsize=1)
def workers() -> Pool:
    """Return this process's workers, the same ones each time."""
    atexit.register(stop_workers)
    return Pool(processors())


if hasattr(os, "register_at_fork"):  # a copy of this process has none of its threads and must leave its workers alone
    os.register_at_fork(after_in_child=workers.cache_clear)


def stop_workers() -> None:
    """End this process's workers at once, whatever they are at."""
    if workers.cache_info().currsize:
        workers().stop()


_SHOWN: "Final[ContextVar[list[str] | None]]" = ContextVar("shown", default=None)


@contextlib.contextmanager
def shown_once() -> Iterator[None]:
    """Show what a patch prints only the first time that it prints anything, until the end of the block."""
    token = _SHOWN.set([])
    try:
        yield
    finally:
        _SHOWN.reset(token)


def show(printed: str) -> None:
    """Write what a patch printed to standard error."""
    shown = _SHOWN.get()
    if printed and not shown:
        if shown is not None:
            shown.append(printed)
        with contextlib.suppress(OSError, ValueError):
            print(printed, end="", file=sys.stderr, flush=True)


def call(function: Callable[..., T], *arguments: Any) -> T:
    """Run a function in a worker and return its value; what it prints goes to standard error, cut at a length.

    Raises PatchError if a single run in it takes longer than `guard.TIMEOUT` says or
    if it ends its process, and what it raises itself.  In a worker, and where there
    are none, the function is called here.
    """
    if not AVAILABLE or is_watched():
        return function(*arguments)
    value: T = _awaited(workers().submit(function, *arguments))
    return value


def ask(name: str, function: Callable[..., T], *arguments: Any) -> T:
    """Do as `call`, for plain arguments; `name` is whose Python runs there."""
    if is_watched():
        return function(*arguments)
    value: T = _awaited(workers().submit_packed(pickle.dumps((function, arguments)), name))
    return value


def result_of(future: Future[T]) -> T:
    """Return what a task came to, or raise what it raised.

    The wait is in short pieces: a signal that comes in the moment before a wait
    begins is heeded only when that wait ends, and Ctrl-C would be lost.
    """
    while isinstance(future, Answer) and not future.done():  # how another executor's is waited for, that one knows
        with contextlib.suppress(TimeoutError):
            future.exception(_HEEDS)
    return future.result()


def _awaited(answer: Answer) -> Any:
    try:
        return result_of(answer)
    except (KeyboardInterrupt, CancelledError):
        stop_workers()
        raise
    finally:
        show(answer.printed)


def each(
    executor: Executor | None, function: Callable[..., T], jobs: Iterable[tuple[Any, ...]], reader: str = "",
    ahead: int = 1_000,
) -> Iterator[T]:  # fmt: skip
    """Yield what a function makes of each job, in their order, however the executor goes about it.

    The function is a module's own and the jobs are plain values, such as what `pack`
    makes of a revision.  With `reader`, the name of one that is somebody's own
    Python, each job runs in a worker, on another machine in one of its own.  `ahead`
    is how many are handed out before the first is back.  Without an executor they
    run one after the other.
    """
    if executor is None:
        yield from (_there(function, job, reader, TIMEOUT.get()) for job in jobs)
        return
    waiting: deque[Future[Any]] = deque()
    printed = ""
    try:
        for future in _handed_out(executor, function, jobs, reader, ahead, waiting):
            try:
                value = result_of(future)
            finally:
                printed = printed or getattr(future, "printed", "")
            waiting.popleft()
            yield value
    except GeneratorExit:  # nobody wants the rest; what runs already comes to its end
        raise
    except BrokenExecutor:
        raise PatchError(
            f"{reader or 'A task'}: a process ended in the middle of its work; a worker needs about 100 MB of memory."
        ) from None
    except BaseException:
        if executor is workers():
            stop_workers()
        raise
    finally:
        for future in waiting:
            future.cancel()
        show(printed)


def _handed_out(
    executor: Executor, function: Callable[..., Any], jobs: Iterable[tuple[Any, ...]], reader: str, ahead: int,
    waiting: deque[Future[Any]],
) -> Iterator[Future[Any]]:  # fmt: skip
    """Hand the jobs out and yield the first future that is `waiting`, again and again."""
    for job in jobs:
        if isinstance(executor, Pool):
            waiting.append(executor.submit_packed(pickle.dumps((function, job)), reader))
        else:
            waiting.append(executor.submit(_there, function, job, reader, TIMEOUT.get()))
        if len(waiting) >= ahead:
            yield waiting[0]
    while waiting:
        yield waiting[0]


def _there(function: Callable[..., T], job: tuple[Any, ...], reader: str, timeout: float) -> T:
    """Run a job in this process, or in a worker of this process if it is a reader's; this runs on other machines."""
    if not reader or not AVAILABLE or is_watched():
        return function(*job)
    with allowing(timeout):
        value: T = _awaited(workers().submit_packed(pickle.dumps((function, job)), reader))
    return value
