"""The designs in Promela, counted by spin: the model checker that Gerard Holzmann wrote, of Debian's package `spin`."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "promela"


@dataclass(frozen=True)
class Counted:
    """What spin says: different states, and how many steps go before a failed assertion; None if none fails."""

    states: int
    depth: int | None


def have_spin() -> None:
    """Skip the test where spin or a C compiler is missing; with KVMVIZ_REQUIRE_CC set that is a failure."""
    missing = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    if missing and os.environ.get("KVMVIZ_REQUIRE_CC"):
        pytest.fail(f"no {missing[0]} here (apt install spin gcc), and KVMVIZ_REQUIRE_CC asks for it")
    if missing:
        pytest.skip(f"no {missing[0]} here, so the states are not counted by spin (apt install spin gcc)")


def counted(design: str, threads: int, rounds: int, folder: Path, *, judge: bool = False) -> Counted:
    """Return what spin makes of a design; with `judge` it stops at what the module has to refuse."""
    model = folder / "model.pml"
    model.write_text((FOLDER / "common.pml").read_text() + (FOLDER / f"{design}.pml").read_text())
    bounds = [f"-DN={threads}", f"-DR={rounds}", *(["-DJUDGE"] if judge else [])]
    _run(["spin", *bounds, "-a", model.name], folder)
    # No reduction: every interleaving is kept.  Breadth first, where the shortest way is asked for.
    _run(["gcc", "-w", "-O1", "-DNOREDUCE", "-DSAFETY", *(["-DBFS"] if judge else []), "-o", "pan", "pan.c"], folder)
    said = _run(["./pan", "-m100000", "-E", *([] if judge else ["-w20"])], folder)
    assert "max search depth too small" not in said
    states = re.search(r"(\d+) states, stored", said)
    failed = re.search(r"assertion violated.*\(at depth (\d+)\)", said)
    assert states is not None, said
    return Counted(int(states[1]), int(failed[1]) if failed else None)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
