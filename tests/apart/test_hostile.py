"""Hostile patches: a sentence within the bound, exit 2, nothing left, no traceback."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kvmviz.apart import stop_workers
from kvmviz.errors import KvmvizError
from kvmviz.record.runs import run
from tests.apart.hostile import PLACES, QUICK, bodies, made, source
from tests.processes import descendants, left_of, only_linux

pytestmark = only_linux

BOUND = 1.0
"""Seconds that a run may take here."""

SLACK = 30.0
"""Seconds more on a machine that has something else to do: a process is started and ended in them."""

SCENARIO = "tree=1x1x1 fail=L1@0x0"

ALL = [(body, place) for place in PLACES for body in bodies()]


PRESENT = "queued with an entry that is still present"

ANSWERED = {
    ("sp.spt.entries.append(None)", "op"): {PRESENT},
    ("sp.parent.spt.entries[0] = 3", "op"): {PRESENT},
    ("sp.spt.entries.append(None)", "helper of the callback"): set[str](),
    ("vm.tdp_mmu_roots.clear()", "helper of the callback"): set[str](),
}
"""What writes where a kernel function could write: the run tells what is new in it against a function that does
nothing.  Nothing is, where nobody looks at the place any more."""


def named(number: int) -> str:
    body, place = ALL[number]
    return f"{number}-{place.split()[0]}-{body[:40]!r}"


def violations(body: str, place: str) -> set[str]:
    return {what for _, what in run(made(body, place), SCENARIO, timeout=BOUND).summary.violations}


def is_a_sentence(said: str) -> bool:
    return said.isascii() and said.isprintable() and said.endswith(".") and len(said) < 800


def test_there_are_two_hundred() -> None:
    assert len(set(ALL)) == len(ALL) >= 200


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow, id=named(n)) for n in range(len(ALL))]
)
def test_a_hostile_patch_gets_a_sentence_within_the_bound(number: int, capfd: pytest.CaptureFixture[str]) -> None:
    body, place = ALL[number]
    if (body, place) in ANSWERED:
        assert violations(body, place) - violations("pass", place) == ANSWERED[body, place]
        return
    started = time.monotonic()
    with pytest.raises(KvmvizError) as caught:
        run(made(body, place), SCENARIO, timeout=BOUND)
    assert time.monotonic() - started < BOUND + SLACK
    said = str(caught.value)
    assert said.startswith("Mine: ")
    assert is_a_sentence(said), said
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err) < 2_500 and "Traceback" not in err
    assert run("v1", "tree=1x1x1").summary.leaked_count == 0


def test_nothing_is_left_of_them() -> None:
    before = descendants(os.getpid())
    stop_workers()
    assert left_of([pid for pid in before if "kvmviz.apart" in command(pid)]) == []


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


SHELL = (0, 5, 17, 30, 54, 55, 64, 78, 92, 104)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [pytest.param(n, id=named(n)) for n in SHELL])
def test_the_command_line_ends_with_status_2_and_nothing_left(number: int, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(source(*ALL[number]))
    child = subprocess.Popen(
        [sys.executable, "-m", "kvmviz", "check", "--file", "mine.py:Mine", "--tree", "1x1x1", "--timeout", "1",
         "--format", "json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    seen: set[int] = set()
    while child.poll() is None:
        seen.update(descendants(child.pid))
        time.sleep(0.02)
    out, err = child.communicate()
    assert (child.returncode, out) == (2, "")
    said = err.splitlines()[-1]
    assert said.startswith("kvmviz: Mine: ") and is_a_sentence(said)
    assert "Traceback" not in err
    assert left_of(sorted(seen)) == []
