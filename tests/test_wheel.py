"""A wheel is enough: every file that is read at run time is in it, and what it installs works where no checkout is."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from tests.commands.test_lab import answer

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "notebooks"


def wheel(source: Path, folder: Path) -> Path:
    """The wheel that this source makes."""
    return Path(next(WheelBuilder(str(source)).build(directory=str(folder), versions=["standard"])))


def ours() -> set[str]:
    """Every file of the package and of the course, as the wheel is to have it."""
    files = [path for path in (ROOT / "kvmviz").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    course = {f"kvmviz/notebooks/{path.name}" for path in COURSE.iterdir() if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in files} | course


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel(ROOT, tmp_path_factory.mktemp("dist"))


def test_every_file_of_the_package_and_of_the_course_is_in_the_wheel(built: Path) -> None:
    names = set(ZipFile(built).namelist())
    assert {name for name in names if name.startswith("kvmviz/")} == ours()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_course_in_the_wheel_is_the_repository_s_one(built: Path) -> None:
    with ZipFile(built) as archive:
        for path in COURSE.glob("*.*"):
            assert archive.read(f"kvmviz/notebooks/{path.name}") == path.read_bytes()


def test_a_wheel_of_the_source_archive_is_the_same(built: Path, tmp_path: Path) -> None:
    archive = Path(next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path))))
    with tarfile.open(archive) as files:
        files.extraction_filter = lambda member, path: member  # unknown to 3.11.2, asked for by 3.13
        files.extractall(tmp_path / "source")
    [source] = (tmp_path / "source").iterdir()
    again = wheel(source, tmp_path)
    assert {one.filename: one.CRC for one in ZipFile(again).infolist() if "dist-info" not in one.filename} == {
        one.filename: one.CRC for one in ZipFile(built).infolist() if "dist-info" not in one.filename
    }


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `kvmviz` that pip makes of the wheel and its extra for notebooks, in an environment of its own."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    python, uv = folder / "bin" / "python", [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder], check=True)
    what = [f"{built}[notebook]", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*uv, "pip", "install", "-q", "--python", str(python), *what], check=True)
    return folder / "bin" / "kvmviz"


def said(program: Path, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What a command prints in a folder where nothing of ours is."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["run fail=all", "compare before v1 fail=all", "check --revision v1 --tree 1x1x1",
     "draw -o a.svg", "draw -o a.png", "export a.html --tree 1x1x1 --revisions before,v1", "explain HKID",
     "compare v1 mine.c hkid=assigned", "review mail.eml", "race v6", "completion bash", "log fail=all"],
)  # fmt: skip
def test_a_command_says_what_the_checkout_s_says(command: str, installed: Path, tmp_path: Path) -> None:
    answers = []
    for place, program in (("wheel", installed), ("checkout", Path(sys.executable).parent / "kvmviz")):
        (tmp_path / place).mkdir()
        shutil.copy(ROOT / "docs" / "examples" / "quieter.c", tmp_path / place / "mine.c")
        shutil.copy(ROOT / "docs" / "examples" / "free-at-once.eml", tmp_path / place / "mail.eml")
        done = said(program, command.split(), tmp_path / place)
        written = {file.name: file.read_bytes() for file in (tmp_path / place).glob("a.*")}
        answers.append((done.returncode, re.sub(r"\d+(\.\d+)? m?s\b|\d+\.\d+", "N", done.stdout), written))
        assert "Traceback" not in done.stderr
    assert answers[0] == answers[1]
    assert answers[0][0] < 2


@pytest.mark.slow
def test_the_doctor_finds_everything_but_what_tests_want(installed: Path, tmp_path: Path) -> None:
    done = said(installed, ["doctor"], tmp_path)
    assert done.returncode == 0, done.stdout
    assert not [line for line in done.stdout.splitlines() if "missing" in line]
    assert str(installed.parents[1]) in "".join(done.stdout.split())  # however the line is wrapped


@pytest.mark.slow
def test_without_a_terminal_the_lab_says_what_to_do(installed: Path, tmp_path: Path) -> None:
    done = said(installed, ["lab"], tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().endswith("kvmviz lab --copy.")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_after_a_yes_jupyterlab_opens_the_copy(installed: Path, tmp_path: Path) -> None:
    """A terminal in an empty folder; what JupyterLab then shows is the copy's first notebook, and signed."""
    work = tmp_path / "work"
    work.mkdir()
    places = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    ours, theirs = pty.openpty()
    command = [str(installed), "lab", "--", "--no-browser", "--ServerApp.port_retries=50"]
    environment = {**os.environ, **places, "HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=work, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as lab:
        os.close(theirs)
        try:
            os.write(ours, b"y\n")
            text = ""
            while not (address := re.search(r"(http://127\.0\.0\.1:\d+)/lab/tree/(\S+?)\?token=(\w+)", text)):
                text += os.read(ours, 4096).decode(errors="replace")
            host, notebook, token = address.groups()
            shown = json.loads(answer(f"{host}/api/contents/{notebook}?token={token}"))
        finally:
            lab.terminate()
            lab.wait()
            os.close(ours)
    assert "[Y/n]" in text
    assert {path.name for path in (work / "notebooks").iterdir()} >= {path.name for path in COURSE.glob("*.*")}
    assert shown["name"] == "00-start-here.ipynb"
    assert all(cell["metadata"]["trusted"] for cell in shown["content"]["cells"] if cell["cell_type"] == "code")


@pytest.mark.slow
def test_a_notebook_of_the_copy_runs_to_its_end_there(installed: Path, tmp_path: Path) -> None:
    copied = (
        "from pathlib import Path; from kvmviz.commands import course_folder as c; c.copied(c.brought(), Path('n'))"
    )
    python = installed.parent / "python"
    assert subprocess.run([python, "-c", copied], cwd=tmp_path, check=False).returncode == 0
    run = ["-m", "jupyter", "execute", "n/04-before-and-after.ipynb"]
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "PATH": f"{python.parent}:{os.environ['PATH']}"}
    done = subprocess.run([python, *run], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
