"""A Jupyter server of our own, in a folder of its own, that knows nothing of the user's settings."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}

OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--LabApp.expose_app_in_browser=True",  # window.jupyterapp, so that tests can give commands
    "--JupyterNotebookApp.expose_app_in_browser=True",
    "--ip=127.0.0.1",
    "--port=0",
    "--IdentityProvider.token=",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=",
)


@dataclass(frozen=True)
class Server:
    """A running server; it shows JupyterLab under ``/lab`` and Notebook 7 under ``/notebooks``."""

    url: str
    root: Path


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Start JupyterLab with ``folder`` for everything it reads and writes; stop it at the end."""
    root = folder / "root"
    root.mkdir(parents=True)
    _write_settings(folder / "settings")
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.root_dir={root}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(folder), cwd=root, stdout=log, stderr=log)
    try:
        yield Server(_wait_for_url(folder, process), root)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def environment(folder: Path) -> dict[str, str]:
    """The environment with every place where Jupyter keeps something moved into ``folder``."""
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return os.environ | {name: str(folder / place) for name, place in places.items()}


def _write_settings(folder: Path) -> None:
    for name, values in SETTINGS.items():
        file = folder / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))


def _wait_for_url(folder: Path, process: subprocess.Popen[bytes], seconds: float = 60) -> str:
    """The address from the file that the server writes when it is ready."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up and process.poll() is None:
        for file in (folder / "runtime").glob("jpserver-*.json"):
            if text := file.read_text():
                return str(json.loads(text)["url"]).rstrip("/")
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{(folder / 'log').read_text()[-2000:]}")
