"""A reader's own Python runs in a process of its own, which can be ended whatever it is at.

>>> call(sum, (1, 2))
3

`call` runs one function there, `workers` is the same as an executor, with one
process for each processor.  A worker is bounded in time and memory, starts no
thread and no process, and dies with the process that started it, however that
dies.  It is no sandbox: files and network are not looked at.

`process` is a worker seen from here, `inside` what runs in it, `limits` what it
must not do, `shipping` how a revision gets there.
"""

from kvmviz.apart.pool import (
    AVAILABLE,
    Answer,
    Pool,
    ask,
    call,
    each,
    processors,
    result_of,
    shown_once,
    stop_workers,
    workers,
)  # fmt: skip
from kvmviz.apart.shipping import pack, unpack

__all__ = [
    "AVAILABLE", "Answer", "Pool", "ask", "call", "each", "pack", "processors", "result_of", "shown_once",
    "stop_workers", "unpack", "workers",
]  # fmt: skip
