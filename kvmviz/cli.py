"""The command line: one subcommand a question.

Exit status: 0 done, 1 the answer is no, 2 the question was wrong.  Each command
lives in `kvmviz.commands` and loads what it needs when it runs, so that text
starts quickly.
"""

import argparse
import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib import import_module

from kvmviz.commands.command_line import COMMANDS, parser
from kvmviz.errors import KvmvizError


def start() -> None:
    """Run the command that the shell gave, and leave as the shell expects it: this is the program `kvmviz`."""
    from kvmviz.commands import streams

    streams.open_closed()
    with streams.ended_by_signals():
        try:
            status: str | int | None = main()
        except SystemExit as ended:  # so argparse says that a question was wrong, or has printed its help
            status = ended.code
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is to go
    streams.let_go()
    sys.exit(status)


def _input(word: str) -> str:
    """Return a word as the parser takes it: `-:old` is a side of the patch on standard input, and no option."""
    return f"/dev/stdin{word[1:]}" if word.startswith("-:") else word


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    words = [_input(word) for word in (sys.argv[1:] if argv is None else argv)]
    only = words[0] if words and words[0] in COMMANDS else None
    try:
        with _not_collecting():
            args = parser(only).parse_args(words)
        with _timeout(args):
            status: int = import_module(f"kvmviz.commands.{args.command}").execute(args)
        if sys.stdout:  # None if whoever started us closed it
            sys.stdout.flush()
    except KvmvizError as error:
        _say(f"kvmviz: {error}")
        return 2
    except BrokenPipeError:
        return 0  # whoever read our output has gone, as in `kvmviz run | head`
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"kvmviz: {where}{error.strerror or error}.")
        return 2
    except KeyboardInterrupt:
        return 130
    return status


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Load without the cyclic garbage collector: what is loaded stays, and its looks are a tenth of a start."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _timeout(args: argparse.Namespace) -> AbstractContextManager[None]:
    if getattr(args, "timeout", None) is None:
        return nullcontext()
    from kvmviz.revisions.guard import allowing

    return allowing(args.timeout)


def _say(sentence: str) -> None:
    """Write to standard error, if anybody can still read it."""
    with suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)
