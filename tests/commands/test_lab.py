"""`kvmviz lab` becomes JupyterLab on the right notebook, whatever the user's settings and folder are."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from kvmviz.cli import main

COURSE = Path(__file__).parents[2] / "notebooks"

SETTINGS = """
c.ServerApp.root_dir = c.ServerApp.preferred_dir = c.FileContentsManager.preferred_dir = {0!r}
c.ServerApp.default_url = c.LabApp.default_url = "/tree"
c.ServerApp.allow_root = False
"""
"""What a user may have written into a configuration long ago, for something else."""

Started = list[list[str]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Started:
    """Commands that would have taken the place of this process, which works in an empty folder."""
    commands: Started = []
    monkeypatch.setattr(os, "execv", lambda _path, words: commands.append(words))
    monkeypatch.chdir(tmp_path)
    return commands


def shown(command: list[str]) -> Path:
    """The file that JupyterLab is told to show."""
    option = {name: value for name, _, value in (word.partition("=") for word in command)}
    return Path(option["--ServerApp.root_dir"]) / option["--LabApp.default_url"].removeprefix("/lab/tree/")


def answer(address: str) -> bytes:
    """What a server says; it tells its address a little before it listens."""
    for _ in range(300):
        try:
            with urlopen(address, timeout=30) as found:
                return bytes(found.read())
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise TimeoutError(address)


def first_cell(notebook: Path) -> str:
    return str(json.loads(notebook.read_text())["cells"][0]["source"])


def test_it_opens_the_first_notebook_from_any_folder(started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lab"])
    assert started[0][1:4] == ["-P", "-m", "jupyterlab"]
    assert shown(started[0]) == COURSE / "00-start-here.ipynb"
    assert str(COURSE) in capsys.readouterr().err


def test_a_copy_of_the_course_comes_first_and_a_foreign_folder_never(started: Started, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00-other.ipynb").write_text("{}")
    (tmp_path / "notebooks" / "00-start-here.ipynb").write_text("{}")
    main(["lab"])
    shutil.copy(COURSE / "00-start-here.ipynb", tmp_path / "notebooks")
    main(["lab"])
    assert [shown(command).parent for command in started] == [COURSE, tmp_path / "notebooks"]


def test_a_view_is_a_notebook_that_lasts(started: Started, tmp_path: Path) -> None:
    for link in ("fail=all step=3 revisions=v1,landed", "hkid=assigned", "revisions=v1,landed step=3 fail=all"):
        main(["lab", *link.split()])
    first, second, again = map(shown, started)
    assert first == again != second
    assert {first.parent, second.parent} == {tmp_path}
    assert "Explorer('tree=1x1x3 fail=all step=3 revisions=v1,landed')" in first_cell(first)
    assert "Explorer('tree=1x1x3 hkid=flushvp-not-done')" in first_cell(second)


def test_what_somebody_wrote_into_a_view_is_kept(started: Started, tmp_path: Path) -> None:
    main(["lab", "fail=all"])
    view = tmp_path / "kvmviz-view.ipynb"
    notebook = json.loads(view.read_text())
    notebook["cells"][0]["source"] = notebook["cells"][0]["source"].splitlines(keepends=True)  # as JupyterLab saves it
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "mine"})
    view.write_text(json.dumps(notebook))
    kept = view.read_text()
    (tmp_path / "kvmviz-view-2.ipynb").write_text("no notebook")
    main(["lab", "fail=all"])
    main(["lab", "fail=none"])
    assert [shown(command).name for command in started[1:]] == ["kvmviz-view.ipynb", "kvmviz-view-3.ipynb"]
    assert view.read_text() == kept
    assert (tmp_path / "kvmviz-view-2.ipynb").read_text() == "no notebook"


@pytest.mark.parametrize("link", ["fail=never", "revisions=v9", "step=x"])
def test_it_refuses_a_wrong_link(link: str, started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", link]) == 2
    assert not started
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(Path.cwd().iterdir())


def test_what_stands_behind_the_dashes_goes_to_jupyterlab(started: Started) -> None:
    main(["lab", "--", "--ip=0.0.0.0", "--port", "8888", "--no-browser"])
    main(["lab", "fail=all", "--", "--no-browser"])
    assert started[0][-4:] == ["--ip=0.0.0.0", "--port", "8888", "--no-browser"]
    assert started[1][-1] == "--no-browser"
    assert shown(started[1]).name == "kvmviz-view.ipynb"


def test_a_folder_above_may_be_the_root(started: Started, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["lab", "--", "--notebook-dir", str(COURSE.parent)])
    assert shown(started[0]) == COURSE / "00-start-here.ipynb"
    assert "notebooks/00-start-here.ipynb" in " ".join(started[0])
    assert main(["lab", "--", f"--ServerApp.root_dir={tmp_path}"]) == 2
    assert "not in" in capsys.readouterr().err


@pytest.mark.parametrize(("user", "options"), [(0, ["--allow-root"]), (1000, [])])
def test_root_is_allowed(user: int, options: list[str], started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    main(["lab"])
    assert [word for word in started[0] if word == "--allow-root"] == options


@pytest.mark.slow
def test_settings_of_the_users_do_not_lead_it_elsewhere(tmp_path: Path) -> None:
    """The real JupyterLab answers with our notebook and leaves nothing in the folder for temporary files."""
    places = {name: tmp_path / name for name in ("cwd", "elsewhere", "config", "tmp", "data", "runtime")}
    for place in places.values():
        place.mkdir()
    for name in ("jupyter_server_config.py", "jupyter_lab_config.py", "jupyter_notebook_config.py"):
        (places["config"] / name).write_text(SETTINGS.format(str(places["elsewhere"])))
    variables = {f"JUPYTER_{name.upper()}_DIR": str(places[name]) for name in ("config", "data", "runtime")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # with 0 JupyterLab prints an address that leads nowhere
    command = [sys.executable, "-m", "kvmviz", "lab", "--", "--no-browser", f"--port={port}"]
    environment = os.environ | variables | {"TMPDIR": str(places["tmp"])}
    with subprocess.Popen(
        command, cwd=places["cwd"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as lab:
        assert lab.stderr is not None
        try:
            address = next(found for line in lab.stderr if (found := re.search(r"http://\S+token=\w+", line)))[0]
            page, token = address.split("?")
            api = page.replace("/lab/tree/", "/api/contents/")
            cells = json.loads(answer(f"{api}?{token}"))["content"]["cells"]
        finally:
            lab.terminate()
            lab.communicate()
    assert cells[0]["source"] == "".join(json.loads((COURSE / "00-start-here.ipynb").read_text())["cells"][0]["source"])
    assert not [place for name in ("tmp", "cwd", "elsewhere") for place in places[name].iterdir()]
