"""Run tests as on a machine without Graphviz, browsers and node: `python -m tests.bare tests/draw ...`.

Every program on PATH stays, but for those; the engine that pip brings draws.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

HIDDEN = re.compile(
    r"dot|node|nodejs|npm|npx|(chromium|google-chrome|firefox)([-.].*)?|geckodriver|chromedriver|WebKitWebDriver"
)


def programs() -> Iterator[Path]:
    """Every program on PATH that is not hidden; of two with one name the first."""
    seen: set[str] = set()
    for folder in map(Path, os.get_exec_path()):
        for program in sorted(folder.iterdir()) if folder.is_dir() else ():
            if program.name not in seen and not HIDDEN.fullmatch(program.name):
                seen.add(program.name)
                yield program


def main(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments and return its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        for program in programs():
            (Path(folder) / program.name).symlink_to(program)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KVMVIZ_")}
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env={**kept, "PATH": folder}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
