"""Killing a program at moments of one's choice, many times, for the price of one start."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

# A child is forked and killed for every number of seconds that comes in; how it ended goes out.
LOOP = """
import os, signal, sys, time
for after in sys.stdin:
    child = os.fork()
    if not child:
        work()
    time.sleep(float(after))
    os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def kill_in_the_middle(script: str, words: Sequence[str], moments: Sequence[float]) -> Iterator[None]:
    """Run `work`, which a script defines and which never ends, and yield after each time that it was killed."""
    command = [sys.executable, "-c", script + LOOP, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for after in moments:
            program.stdin.write(f"{after}\n")
            program.stdin.flush()
            assert int(program.stdout.readline()) == -signal.SIGKILL
            yield
