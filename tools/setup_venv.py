"""Make the course's virtual environment from a lock, once, with uv.

Only the standard library: this runs before anything is installed. A stamp with the lock's hash
says that an installation is complete. It is written last, so an interrupted one is never taken
for complete; the next run starts it afresh, from uv's cache.

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
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"course": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "tools" / "requirements-uv.lock"
PACKAGES = (ROOT, ROOT / "nbverdict")
# A pop-up about JupyterLab's news would be the first thing a learner sees.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
# What pip reads from its variables, uv reads from others.
SAME_FOR_UV = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX",
               "PIP_CERT": "SSL_CERT_FILE"}  # fmt: skip
REASONS = {
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded"
    r"|name resolution|Network is unreachable|Connection refused|ProxyError|dns error"
    r"|error sending request|Failed to fetch|tcp connect error|from versions: none":
        "No network: the package index cannot be reached. Connect, then run this again.",
    r"No space left on device|os error 28":
        "No space: the course needs about 1.2 GB here and in uv's cache. Make room, then run this "
        "again.",
}  # fmt: skip


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
        command = [str(self.python), "-c", "import pip"]
        return self.python.exists() and subprocess.run(command, capture_output=True).returncode == 0


def lock_key(kind: str) -> str:
    """Return the text of a complete stamp: a hash of the lock and of the packages' own files."""
    files = [LOCKS[kind], *(folder / "pyproject.toml" for folder in PACKAGES)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


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
    lock = LOCKS[kind]
    count = len(re.findall(r"^[A-Za-z0-9]", lock.read_text(), re.MULTILINE))
    say(f"Installing about {count} packages from {lock.name}: a minute or so, the first time.")
    pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-input"]
    run([*pip, "--disable-pip-version-check", "--retries", "0", "--require-hashes", "-r", UV_LOCK])
    install = [environment.folder / "bin" / "uv", "pip", "install", "--python", environment.python,
               "--native-tls", "--no-deps", "--compile-bytecode"]  # fmt: skip
    run([*install, "--require-hashes", "-r", lock])
    editable = [word for folder in PACKAGES for word in ("--editable", folder)]
    run([*install, "--no-build-isolation", "--offline", *editable])
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
    shutil.rmtree(environment.folder, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", environment.folder])
    if made.returncode != 0:
        raise SetupError(f"{sys.executable} cannot make a virtual environment: see above.")
    environment.unfinished.touch()


def run(command: list) -> None:
    """Run an installer; what it says is shown only if it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=clean_env())
    if done.returncode != 0:
        raise SetupError(why(done.stdout + done.stderr))


def why(output: str) -> str:
    """Return one line for a missing network or a full disk, else the installer's last lines."""
    for pattern, line in REASONS.items():
        if re.search(pattern, output, re.IGNORECASE):
            return line
    return "\n".join(["The installation failed:", *output.splitlines()[-12:]])


def configure_lab(environment: Environment) -> None:
    """Turn JupyterLab's news pop-up and its update check off, for this environment only."""
    folder = environment.folder / "etc" / "jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page_config.json").write_text(json.dumps(PAGE_CONFIG, indent=2) + "\n")


def clean_env() -> dict[str, str]:
    """Return the environment without what changes where packages go; uv learns what pip knows."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    known = {new: kept[old] for old, new in SAME_FOR_UV.items() if old in kept}
    return known | kept


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
