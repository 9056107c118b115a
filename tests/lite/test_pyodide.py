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

CHECK = [f"check/{file.name}" for file in sorted((ROOT / "tests" / "check").glob("test_*.py"))]

ROOMS = {
    "model": ["machine", "kvm", "revisions", "scenario"],
    "check": CHECK[: len(CHECK) // 2],
    "check, the others": CHECK[len(CHECK) // 2 :],
    "review": ["review", "mail"],
}
"""Folders and files of tests by what they hold; of `check` there are all, in two halves."""

FIRST = "tests.lite.first"
"""What keeps the first of a test's parameters, which is enough of `check`: each test runs through whole spaces."""

PROCESS = "starts a process; there are none in a browser"
THREAD = "starts a thread; there are none in a browser"
LONG = "takes from 3 to 20 s of processor there; what it does, others of its file do with less"

ELSEWHERE = {
    "check/test_beside.py::test_a_patch_that_became_silent_mends_nothing": LONG,
    "check/test_branch_points.py::test_numbers_of_vcpus_and_statuses_enter_without_being_asked_for": LONG,
    "check/test_branch_points.py::test_the_report_counts_them_apart_and_calls_what_breaks_there_alone_a_bug": LONG,
    "check/test_branch_points.py::test_what_a_patch_compares_with_is_looked_at": LONG,
    "check/test_c_mutants.py::test_variants_of_the_op_are_found": LONG,
    "check/test_claims.py::test_claims_can_be_called_whatever_was_imported_before": PROCESS,
    "check/test_claims.py::test_verdicts_are_as_the_source_reads": LONG,
    "check/test_engine.py::test_a_patch_that_raises_ends_the_check_with_a_sentence": PROCESS,
    "check/test_engine.py::test_every_executor_gives_the_same_answer": PROCESS,
    "check/test_engine.py::test_parallel_by_default_gives_the_same_answer": THREAD,
    "check/test_engine.py::test_quick_space": LONG,
    "check/test_loading.py::test_a_file_is_bounded_while_it_is_loaded": PROCESS,
    "check/test_loading.py::test_check_a_class_in_other_processes": PROCESS,
    "check/test_loading.py::test_what_a_patch_prints_is_shown_once_beside_the_answer": PROCESS,
    "check/test_nearest.py::test_a_rewrite_is_equal_and_says_so": THREAD,
    "check/test_nearest.py::test_each_known_revision_is_like_itself_alone": LONG,
    "check/test_nearest.py::test_the_nearest_has_the_fewest_scenarios_that_differ": LONG,
    "check/test_nearest.py::test_the_report_says_both_halves": LONG,
    "check/test_rewrites.py::test_a_revision_that_changes_nothing_passes_and_equals_its_base": LONG,
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
    options = ["--confcutdir=/checkout/tests/review", "-p", "no:cacheprovider"]
    options += ["-c", "tests/lite/pytest.ini", "--rootdir", "/checkout"]
    if room.startswith("check"):
        options += ["-p", FIRST]
    left_out = [f"--{'deselect=' if '::' in name else 'ignore=/checkout/'}tests/{name}" for name in ELSEWHERE]
    folders = (python, ROOT, Path(sysconfig.get_path("purelib")), extra)
    command: list[str | Path] = ["node", HERE / "run.mjs", *folders, *options, *left_out]
    chosen = ["--import-mode=importlib", "-q", "--tb=short", "-m", "not slow and not browser"]
    rooms = [f"tests/{name}" for name in ROOMS[room]]
    done = subprocess.run([*command, *chosen, *rooms], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-500:]
    assert " passed" in done.stdout.splitlines()[-1]


def test_what_is_left_out_is_there() -> None:
    for name in ELSEWHERE:
        file, _, test = name.partition("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text() if test else (ROOT / "tests" / file).exists(), name
