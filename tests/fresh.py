"""README's two commands on a machine that has nothing of ours, as a newcomer runs them.

`make fresh` calls it, with Debian's version numbers.  debootstrap builds a minimal Debian
in a folder below build/; the commit is cloned into it; a user who owns nothing else types
`make lab` and `make test`.  There is no dot, no browser and no node.

The mounts and processes live in namespaces of their own, so the kernel ends both with the
run, however it ends, and the folder can be deleted without a thought for what is mounted in
it.  How this machine reaches its packages (mirror, proxies, certificates, pip's settings) is
asked of the machine when it runs, and handed in.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parents[1]
SUITES = {"12": "bookworm", "13": "trixie"}
PACKAGES = "git,make,python3,python3-venv"
USER = "newcomer"
CERTIFICATES = Path("/etc/ssl/certs")
HANDED_IN = re.compile(r"(^(https?|no|all)_proxy$)|(^(PIP|UV)_)|SSL_CERT|CA_BUNDLE|CA_CERTS", re.IGNORECASE)
"""Names in the environment that say how this machine reaches its packages."""

UNFURNISHED = 77
"""The status that says that nothing was tried, since the Debian could not be given what it needs."""

ADDRESS = re.compile(r"http://(localhost|127\.0\.0\.1):\S+token=\w+")


class NoDebianError(Exception):
    """No Debian can be built here; the text says why."""


def main(versions: Sequence[str]) -> int:
    """Try each version: what fails in it decides; that none can be built here is said, and a failure where required."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for version in versions:
        try:
            check(version)
        except NoDebianError as error:
            print(f"make: no fresh Debian {version} can be built here: {error}", flush=True)
            return 1 if os.environ.get("KVMVIZ_REQUIRE_FRESH") else 0
        except subprocess.CalledProcessError as error:
            return int(error.returncode)
    return 0


def check(version: str) -> None:
    """Build, try and delete one Debian."""
    if version not in SUITES:
        raise SystemExit(f"make: Debian {version}? Use {' or '.join(SUITES)}, as in: make fresh DEBIAN=13")
    if os.geteuid():
        raise NoDebianError("only root can.")
    if not shutil.which("debootstrap"):
        raise NoDebianError("install debootstrap (apt install debootstrap).")
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        raise NoDebianError("this machine does not let root mount.")
    folder = ROOT / "build" / f"fresh-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        build(SUITES[version], folder)
        ended = subprocess.run([*apart, sys.executable, __file__, "--inside", str(folder)], check=False)
        if ended.returncode == UNFURNISHED:
            raise NoDebianError("it was built, but this machine does not let it be used (see above).")
        ended.check_returncode()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def build(suite: str, folder: Path) -> None:
    """Let debootstrap build a minimal Debian there."""
    print(f"make: building a minimal Debian ({suite})", flush=True)
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(folder), *mirror()]
    environment = {**os.environ, **proxies()}
    try:
        built = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        raise NoDebianError("debootstrap took more than a quarter of an hour.") from None
    if built.returncode:
        raise NoDebianError("debootstrap says: " + (built.stdout + built.stderr).strip().rpartition("\n")[2])


def mirror() -> list[str]:
    """The mirror of Debian that apt uses here; none where apt knows of none."""
    said = ask("apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)", "Created-By: Packages")
    found = (line.split() for line in said.splitlines() if line.startswith("Debian "))
    return next(([uri] for _, codename, uri in found if codename.isalpha()), [])


def proxies() -> dict[str, str]:
    """The proxies of apt's settings, as variables of the environment."""
    said = ask("apt-config", "shell", "http_proxy", "Acquire::http::Proxy", "https_proxy", "Acquire::https::Proxy")
    return dict(word.split("=", 1) for word in shlex.split(said))


def ask(*command: str) -> str:
    """What a program of this machine says, nothing where it is missing or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def settings() -> dict[str, str]:
    """The environment that pip and uv need to reach their packages as they do on this machine."""
    python = next(str(one) for one in (ROOT / ".venv/bin/python", Path(sys.executable)) if one.exists())
    listed = (line.partition("=") for line in ask(python, "-m", "pip", "config", "list").splitlines())
    files = {
        f"PIP_{key.partition('.')[2].upper().replace('-', '_')}": " ".join(shlex.split(value))
        for key, _, value in listed
        if key.startswith(("global.", "install."))
    }
    return {**proxies(), **files, **{name: value for name, value in os.environ.items() if HANDED_IN.search(name)}}


def paths(values: Iterator[str]) -> set[Path]:
    """The folders and files of this machine that settings name; of a package index with the files beside it."""
    words = (Path(word.removeprefix("file://")) for value in values for word in value.split())
    found = {word.parent if word.name == "simple" else word for word in words if word.is_absolute() and word.exists()}
    return {path for path in found if path != CERTIFICATES and CERTIFICATES not in path.parents}


def inside(folder: Path) -> None:
    """Become the newcomer and type the two commands."""
    try:
        commands = furnished(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"make: {error}", flush=True)
        sys.exit(UNFURNISHED)
    newcomer, root = ([*command, "timeout", "1200", "make"] for command in commands)
    proc = folder / "proc"  # of this namespace, while /proc is still the machine's
    lab([*newcomer, "lab"], proc)
    lab([*root, "lab"], proc)
    subprocess.run([*newcomer, "test"], check=True)


def furnished(folder: Path) -> tuple[list[str], list[str]]:
    """Hand in what the packages need, and a clone; return what begins a command there, of the newcomer and of root."""
    given = settings()
    for kind, place in (("proc", "proc"), ("devpts", "dev/pts"), ("tmpfs", "dev/shm")):
        subprocess.run(["mount", "-t", kind, kind, str(folder / place)], check=True)
    if CERTIFICATES.is_dir():
        there = folder / CERTIFICATES.relative_to("/")
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(CERTIFICATES, there, ignore_dangling_symlinks=True)
    for path in sorted(paths(iter(given.values()))):
        bring(path, folder / path.relative_to("/"))
    shutil.copy("/etc/hosts", folder / "etc/hosts")
    subprocess.run(["chroot", folder, "useradd", "--create-home", "--shell", "/bin/sh", USER], check=True)
    home = Path("/home", USER)
    clone = home / "kvmviz"
    target = str(folder / clone.relative_to("/"))
    subprocess.run(["git", "clone", "-q", "--no-local", f"file://{ROOT}", target], check=True)
    subprocess.run(["chroot", folder, "chown", "-R", f"{USER}:", str(clone)], check=True)
    given |= {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "USER": USER}
    there_as = ["env", "-i", f"--chdir={clone}", *(f"{name}={value}" for name, value in given.items())]
    root = ["chroot", str(folder), *there_as]
    subprocess.run([*root, "sh", "-c", REACHES], check=True)
    return ["chroot", f"--userspec={USER}:{USER}", str(folder), *there_as], root


REACHES = "cd /tmp && python3 -m venv one && one/bin/pip -q --disable-pip-version-check download --no-deps -d one pip"
"""Whether packages of Python can be had from within; if not, that is no fault of ours."""


def bring(path: Path, there: Path) -> None:
    """Show a folder of this machine in the new one, or copy a file to the same place."""
    if path.is_dir():
        there.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", "-o", "ro", str(path), str(there)], check=True)
    else:
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)


def lab(command: Sequence[str], proc: Path) -> None:
    """Start `make lab`, see JupyterLab answer with its page, stop it, and see that nothing runs on."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        address = address_in(process)
        page = fetch(address)
        if "<title>JupyterLab" not in page or "00-start-here" not in address:
            raise SystemExit(f"make: {address} does not show the course: {page[:200]}")
    finally:
        stop_all(proc)
    print(f"make lab: {address.partition('?')[0]} answers", flush=True)


def address_in(process: subprocess.Popen[str]) -> str:
    """Return the address that `make lab` prints."""
    said = ""
    for line in process.stdout or ():
        said += line
        if address := ADDRESS.search(line):
            return address[0]
    raise SystemExit(f"make: make lab ended without an address:\n{said}")


def fetch(address: str) -> str:
    """What a server of this machine answers; it tells its address a little before it listens."""
    for _ in range(300):
        try:
            return str(build_opener(ProxyHandler({})).open(address, timeout=60).read(), "utf-8")
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise SystemExit(f"make: {address} does not answer.")


def stop_all(proc: Path) -> None:
    """End what was started here, as a closed terminal would, and fail if something is left after a while."""
    for process in others(proc):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while left := [process for process in others(proc) if running(proc / str(process))]:
        if time.monotonic() > deadline:
            raise SystemExit(f"make: make lab left processes behind: {left}")
        time.sleep(0.1)


def others(proc: Path) -> list[int]:
    """The processes of this namespace but for this one, whose number is 1."""
    return [int(one.name) for one in proc.glob("[0-9]*") if one.name != "1"]


def running(process: Path) -> bool:
    """Say whether a process runs; one that ended and was not yet asked for does not."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
