"""The command line: one subcommand a question.

Exit status: 0 done, 1 the answer is no, 2 the question was wrong.  Each command
lives in `kvmviz.commands` and loads what it needs when it runs, so that text
starts quickly.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from kvmviz.commands.parser import COMMANDS, parser
from kvmviz.errors import KvmvizError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    only = words[0] if words and words[0] in COMMANDS else None
    try:
        args = parser(only).parse_args(words)
        status: int = import_module(f"kvmviz.commands.{args.command}").run(args)
        if sys.stdout:  # None if whoever started us closed it
            sys.stdout.flush()
    except KvmvizError as error:
        print(f"kvmviz: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _stop_writing()  # whoever read our output has gone, as in `kvmviz run | head`
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"kvmviz: {where}{error.strerror or error}.", file=sys.stderr)
        _stop_writing()
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _stop_writing() -> None:
    """Send what is left of the output nowhere: Python would complain once more when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
