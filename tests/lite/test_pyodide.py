"""The model, `check` and `review` hold under Pyodide too: Python 3.14 as WebAssembly, one thread, no processes."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from docs.lite import bring
from docs.lite.python import write_python

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="no node and npm: apt install npm"),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HYPOTHESIS = "hypothesis==6.170.17"
"""The one thing compiled that these tests import; its wheel for Pyodide is in the registry."""

ROOMS = {
    "model": ("machine", "kvm", "revisions", "scenario"),
    "check": ("check/test_known.py", "check/test_describing.py"),
    "review": ("review", "mail"),
}
"""Folders and files of tests by what they hold."""

PROCESS = "starts a process; there are none in a browser"

ELSEWHERE = {
    "kvm/test_linking.py::test_a_substitute_is_met_by_all_who_call_it_and_calls_what_is_linked": PROCESS,
    "revisions/test_another.py": PROCESS,
    "revisions/test_own.py": "asks for refusals that Python's audit hooks bring; one of them is not told in a browser",
    "revisions/test_readers_class.py": "asks what can be sent to another process",
    "review/test_answer.py": "jsonschema is compiled, and the course does not bring it",
    "review/test_command.py": PROCESS,
    "review/test_verdicts.py::test_another_process_judges_alike": PROCESS,
    "review/test_damage.py": "limits memory and time of the process, as only Unix can",
}
"""Files of these rooms, and single tests, that are left out, each with the reason."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Python for the browser, and what the tests need besides."""
    folder = tmp_path_factory.mktemp("pyodide")
    (ROOT / "build" / "brought").mkdir(parents=True, exist_ok=True)
    write_python(bring.everything(ROOT / "build" / "brought", folder / "own"), folder / "python", [])
    tags = ("--platform", "pyemscripten_2026_0_wasm32", "--python-version", bring.PYTHON, "--abi", "cp314")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", *tags]
    subprocess.run([*command, "-d", str(folder), HYPOTHESIS], check=True)
    with ZipFile(next(folder.glob("hypothesis-*.whl"))) as wheel:
        wheel.extractall(folder / "extra")
    return folder / "python", folder / "extra"


@pytest.mark.parametrize("room", ROOMS)
def test_what_holds_here_holds_there(room: str, places: tuple[Path, Path]) -> None:
    python, extra = places
    # The conftest of all tests looks for browsers; that of the reviews is their own.
    options = [
        "--confcutdir=/checkout/tests/review",
        "-p",
        "no:cacheprovider",
        "-c",
        "tests/lite/pytest.ini",
        "--rootdir",
        "/checkout",
    ]
    left_out = [f"--{'deselect=' if '::' in name else 'ignore=/checkout/'}tests/{name}" for name in ELSEWHERE]
    folders = (python, ROOT, Path(sysconfig.get_path("purelib")), extra)
    command: list[str | Path] = ["node", HERE / "run.mjs", *folders, *options, *left_out]
    chosen = ["--import-mode=importlib", "-q", "--tb=short", "-m", "not slow and not browser"]
    rooms = [f"tests/{name}" for name in ROOMS[room]]
    done = subprocess.run([*command, *chosen, *rooms], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-500:]
    assert " passed" in done.stdout.splitlines()[-1]


def test_what_is_left_out_is_there() -> None:
    assert [name for name in ELSEWHERE if not (ROOT / "tests" / name.partition("::")[0]).exists()] == []
