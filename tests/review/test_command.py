"""`kvmviz review` from the shell: exit status, standard input, terminals of any encoding."""

import json
import os
import subprocess
import sys

import pytest

from tests.review import mails, patches

SAID = mails.replied(patches.OWN_IDEA).replace("The level arg", "The \u201clevel\u201d arg") + "> x\nit\u2019s odd\n"


def kvmviz(*words: str, given: bytes, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kvmviz", "review", "--space", "1x1x1", *words]
    return subprocess.run(
        command, input=given, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding}
    )


@pytest.mark.parametrize(
    ("given", "status"),
    [(SAID.encode(), 0), (mails.posted(patches.ELSEWHERE).encode(), 1), (b"no mail", 2), (b"", 2), (b"\0" * 999, 2)],
)
def test_exit_status(given: bytes, status: int) -> None:
    done = kvmviz(given=given)
    assert done.returncode == status
    assert bool(done.stdout) == (status < 2)
    assert done.stderr.count(b"\n") == (1 if status == 2 else 0)


def test_json_stands_alone_on_standard_output() -> None:
    done = kvmviz("-", "--format", "json", given=SAID.encode())
    assert json.loads(done.stdout)["exit_status"] == done.returncode == 0


def test_quoted_lines_reach_a_terminal_that_cannot_show_them() -> None:
    done = kvmviz(given=SAID.encode(), encoding="ascii")
    assert done.returncode == 0
    assert b"> it?s odd\n" in done.stdout
    assert "> it\u2019s odd\n" in kvmviz(given=SAID.encode()).stdout.decode()
