"""Everything that some commands say, in one process: to be compared between Pythons and their modes.

`python -O tests/said.py` prints it.
"""

import sys
from contextlib import redirect_stderr

from kvmviz.check.broken import BROKEN
from kvmviz.cli import main
from kvmviz.commands.command_line import COMMANDS
from kvmviz.terms.glossary import _table

LINES = (
    "run --format json fail=L1@0x200", "run --revision v1 --step 62 fail=L1@0x200", "compare before v1 hkid=assigned",
    "compare v1 landed --format json fail=all",
    "check --revision before --tree 1x1x1 --format json", "run hkid=free", "explain nothing", "lab step=x",
)  # fmt: skip

HELP = "== what the commands say of themselves, which argparse lays out differently in each Python"


def say(*words: str) -> None:
    """Run a command and print its exit status after what it says."""
    try:
        status = main(words)
    except SystemExit as error:
        status = int(str(error.code))
    print(f"[{status}]", flush=True)


if __name__ == "__main__":
    with redirect_stderr(sys.stdout):
        for line in LINES:
            say(*line.split())
        for word in sorted(_table()):
            say("explain", word)
        print(*(f"{name}: {one.what}" for name, one in BROKEN.items()), sep="\n")
        print(HELP)
        for name in COMMANDS:
            say(name, "--help")
