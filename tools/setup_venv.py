"""Make the course's virtual environment from a lock, once.

Only the standard library: this runs before anything is installed. A stamp with the lock's hash
says that an installation is complete. It is written last, so an interrupted one is never taken
for complete; the next run starts it afresh, from pip's cache.

    python3 tools/setup_venv.py .venv          what the lessons need
    python3 tools/setup_venv.py .venv --dev    what authors and tests need besides
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"course": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# A pop-up about JupyterLab's news would be the first thing a learner sees.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded"
    r"|Temporary failure in name resolution|Network is unreachable|Connection refused"
    r"|ProxyError|connection broken",
    re.IGNORECASE,
)


class SetupError(Exception):
    """One line that says what to do."""


class Environment:
    """A virtual environment and the notes this script keeps in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.unfinished = folder / ".installing"

    def stamp(self, kind: str) -> Path:
        """Return the file that says: the lock of this kind is installed."""
        return self.folder / f".installed-{kind}"

    def is_complete(self, kind: str) -> bool:
        """Say whether the lock of this kind is installed, and nothing is half done."""
        stamp = self.stamp(kind)
        return (
            not self.unfinished.exists()
            and self.python.exists()
            and stamp.is_file()
            and stamp.read_text() == lock_key(kind)
        )

    def works(self) -> bool:
        """Say whether its Python starts and has pip; it does not after a system upgrade."""
        command = [self.python, "-c", "import pip"]
        return self.python.exists() and subprocess.run(command, capture_output=True).returncode == 0

    def site_packages(self) -> Path:
        """Return the folder of the installed packages."""
        return next(self.folder.glob("lib/python3*/site-packages"))


def lock_key(kind: str) -> str:
    """Return the text of a complete stamp: the hash of the lock."""
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second set-up of this checkout wait until the first is done."""
    with LOCKS["course"].open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(environment: Environment, kind: str) -> None:
    """Install the lock of this kind, unless it is installed already."""
    if environment.is_complete(kind):
        return
    started = time.monotonic()
    begin(environment)
    install_lock(environment, LOCKS[kind])
    install_course(environment)
    compile_all(environment)
    configure_lab(environment)
    # The dev lock holds every pin of the course's lock, so it completes both.
    for done in ("course", "dev") if kind == "dev" else ("course",):
        environment.stamp(done).write_text(lock_key(done))
    environment.unfinished.unlink()
    say(f"Ready after {time.monotonic() - started:.0f} s.")


def begin(environment: Environment) -> None:
    """Make the environment, afresh if the last installation did not end."""
    interrupted = environment.unfinished.exists()
    for kind in LOCKS:
        environment.stamp(kind).unlink(missing_ok=True)
    if environment.works() and not interrupted:
        environment.unfinished.touch()
        return
    say(f"Making {environment.folder.name} with Python {sys.version.split()[0]}.")
    # Killed while clearing, the folder has no mark, but no pip either: it is cleared again.
    options = ["--clear"] if environment.folder.exists() else []
    made = subprocess.run([sys.executable, "-m", "venv", *options, environment.folder])
    if made.returncode != 0:
        raise SetupError(f"{sys.executable} cannot make a virtual environment: see above.")
    environment.unfinished.touch()


def install_lock(environment: Environment, lock: Path) -> None:
    """Install every package of the lock with pip, saying how far it is."""
    total = len(re.findall(r"^[A-Za-z0-9]", lock.read_text(), re.MULTILINE))
    say(f"Installing about {total} packages from {lock.name}: some minutes, the first time.")
    options = ["--require-hashes", "--no-deps", "--no-compile", "--retries", "2", "--timeout", "20"]
    plain = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [environment.python, "-m", "pip", "install", *options, *plain, "-r", lock]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_env()
    ) as pip:
        output = follow(pip, environment, total)
    if pip.returncode != 0:
        raise SetupError(why_pip_failed(output))


def follow(pip: subprocess.Popen[str], environment: Environment, total: int) -> list[str]:
    """Turn pip's output into progress lines; return it."""
    output: list[str] = []
    fetched = 0
    stop = threading.Event()
    for line in pip.stdout:
        output.append(line.rstrip())
        if line.startswith(("Collecting ", "Processing ")):
            fetched += 1
            if fetched % 10 == 0:
                say(f"  {fetched} of {total} fetched, now {Path(line.split()[1]).name}")
        if line.startswith("Installing collected packages"):
            site = environment.site_packages()
            threading.Thread(target=count_unpacked, args=(site, total, stop), daemon=True).start()
    stop.set()
    return output


def count_unpacked(site: Path, total: int, stop: threading.Event) -> None:
    """Say every five seconds how many packages are unpacked: pip is silent meanwhile."""
    while not stop.wait(5):
        say(f"  {len(list(site.glob('*.dist-info')))} of {total} unpacked")


def why_pip_failed(output: list[str]) -> str:
    """Return one line for a missing network, else pip's own last lines."""
    if any(NO_NETWORK.search(line) for line in output):
        return "No network: pip cannot reach the package index. Connect, then run this again."
    return "\n".join(["pip failed:", *output[-12:]])


def install_course(environment: Environment) -> None:
    """Make course_lib importable from this checkout; needs no network."""
    say("Installing course_lib.")
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    folders = ["--editable", ROOT, "--editable", ROOT / "nbverdict"]
    command = [environment.python, "-m", "pip", "install", *options, *folders]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_env())
    if done.returncode != 0:
        raise SetupError(f"course_lib cannot be installed:\n{done.stderr}{done.stdout}")


def compile_all(environment: Environment) -> None:
    """Compile every module on all cores; without it each notebook's imports take thrice as long."""
    say("Compiling.")
    site = environment.site_packages()
    command = [environment.python, "-m", "compileall", "-qq", "-j", "0", site]
    # Its exit code is no use: some packages carry templates that are no valid Python.
    subprocess.run(command, capture_output=True, env=clean_env())
    if not list(site.glob("numpy/__pycache__/*.pyc")):
        raise SetupError(f"No bytecode in {site}: is the disk full?")


def configure_lab(environment: Environment) -> None:
    """Turn JupyterLab's news pop-up and its update check off, for this environment only."""
    folder = environment.folder / "etc" / "jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page_config.json").write_text(json.dumps(PAGE_CONFIG, indent=2) + "\n")


def clean_env() -> dict[str, str]:
    """Return the environment without what would change where packages and bytecode go."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET")
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the virtual environment")
    parser.add_argument("--dev", action="store_true", help="also what authors and tests need")
    options = parser.parse_args()
    try:
        with one_at_a_time():
            set_up(Environment(options.folder.absolute()), "dev" if options.dev else "course")
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run this again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
