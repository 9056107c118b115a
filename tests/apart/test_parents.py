"""Workers are gone two seconds after the process that started them, however that ended; nothing is said."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import left_of, only_linux, until_it_has

PATCH = """
import time
import kvmviz

class Sleeps(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(vm, gfn, sp):
        time.sleep(1000)

class Spins(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(vm, gfn, sp):
        sum(iter(int, 1))
"""

COMMANDS = {
    "check": ["check", "--revision", "v1"],
    "export": ["export", "page.html"],
    "sleeps": ["check", "--file", "mine.py:Sleeps", "--timeout", "100"],
    "spins": ["run", "--revision", "mine.py:Spins", "--timeout", "100"],
}

pytestmark = only_linux


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine.py").write_text(PATCH)
    return tmp_path


def start(words: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    heard = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests below nohup are deaf to it
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "kvmviz", *words],
            cwd=folder,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    finally:
        signal.signal(signal.SIGHUP, heard)


QUICK = [("check", "SIGTERM"), ("export", "SIGINT"), ("spins", "SIGKILL")]
ALL = [(command, name) for command in COMMANDS for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")]


def params() -> list[object]:
    return [pytest.param(*one, marks=[] if one in QUICK else [pytest.mark.slow]) for one in ALL]


@pytest.mark.parametrize(("command", "name"), params())
def test_a_signal_ends_everything_without_a_word(command: str, name: str, here: Path) -> None:
    """A terminal sends it to the whole group."""
    number = getattr(signal, name)
    child = start(COMMANDS[command], here)
    wanted = 1 if command == "spins" else 2
    below = until_it_has(child.pid, wanted)
    assert len(below) >= wanted
    os.killpg(child.pid, number)
    out, err = child.communicate(timeout=20)
    assert (out, err) == (b"", b"")
    assert child.returncode == (130 if name == "SIGINT" else -number)
    assert left_of(below) == []
    assert [file.name for file in here.iterdir() if not file.name.startswith(("mine.py", "__py"))] == []


def test_a_closed_terminal_ends_everything(here: Path) -> None:
    """The kernel hangs up on the session of a terminal that goes away."""
    pid, terminal = pty.fork()
    if not pid:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.chdir(here)
        os.execv(sys.executable, [sys.executable, "-m", "kvmviz", *COMMANDS["check"]])
    below = until_it_has(pid, 2)
    assert len(below) >= 2
    os.close(terminal)
    os.waitpid(pid, 0)
    assert left_of(below) == []


def test_a_notebooks_kernel_that_dies_takes_its_workers_along(here: Path) -> None:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(cwd=str(here))
    try:
        client.execute("import sys; sys.path.append('.'); import kvmviz, mine; kvmviz.run(mine.Sleeps, timeout=100)")
        pid = manager.provisioner.process.pid  # type: ignore[union-attr]  # a local kernel has one
        below = until_it_has(pid, 1)
        assert below
        os.kill(pid, signal.SIGKILL)
        assert left_of(below) == []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_nothing_is_left_after_a_command(here: Path) -> None:
    child = start(["check", "--file", "mine.py:Spins", "--tree", "1x1x1", "--timeout", "1"], here)
    below = until_it_has(child.pid, 2)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 2
    assert out == b""
    said = err.decode()
    where = "tdx_sept_free_private_spt, line 11,"
    assert said.startswith(f"kvmviz: Spins: {where} does not end: it was stopped after 1 s, with tree=1x1x1")
    assert said.count("\n") == 1
    assert left_of(below) == []
