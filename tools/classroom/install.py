"""Install what the classroom needs besides the course: the proxy, and readable Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.classroom.people import ClassroomError

PROXY = "configurable-http-proxy"
PROXY_VERSION = "5.3.0"


def proxy(folder: Path) -> list[str]:
    """Install the pinned proxy from npm into `folder` once; return its command."""
    program = folder / "node_modules" / ".bin" / PROXY
    stamp = folder / f".installed-{PROXY_VERSION}"
    if not stamp.exists():
        if not shutil.which("npm"):
            raise ClassroomError("npm is needed for JupyterHub's proxy: install Node.js and npm")
        folder.mkdir(parents=True, exist_ok=True)
        # No lock file: it would hold the address of a registry.
        words = [
            "npm",
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        words += ["--prefix", str(folder), f"{PROXY}@{PROXY_VERSION}"]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr + done.stdout).strip()[-600:] or f"exit status {done.returncode}"
            raise ClassroomError(f"npm could not install {PROXY}: {said}")
        stamp.touch()
    return ["node", str(program.resolve())]


def readable_by_all(path: Path) -> bool:
    """Tell whether every user may reach and run `path`."""
    real = path.resolve()
    folders = all(folder.stat().st_mode & 0o001 for folder in real.parents)
    return folders and bool(real.stat().st_mode & 0o005 == 0o005)


def python_for_all(root: Path, environment: Path) -> Path:
    """Return a Python with the course that every user of this machine may run.

    The environment that runs now does if all may read it. Otherwise a second one is made
    from the system's Python; an interpreter below a private home serves its owner only.
    """
    current = Path(sys.executable)
    if readable_by_all(current):
        python = current
    else:
        python = _system_environment(root, environment)
    _install_course(root, python)
    return python


def _system_environment(root: Path, environment: Path) -> Path:
    system = Path("/usr/bin/python3")
    if not system.exists() or not readable_by_all(system):
        raise ClassroomError(
            f"other users cannot run {sys.executable}, and there is no /usr/bin/python3: "
            "install Debian's python3 and python3-venv"
        )
    script = root / "tools" / "setup_venv.py"
    # setup_venv runs under the Python that the environment is to be made from.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(system), str(script), str(environment), "--dev"], env=clean)
    if done.returncode:
        raise ClassroomError("the environment for all users could not be made (see above)")
    return environment / "bin" / "python"


def _install_course(root: Path, python: Path) -> None:
    """Copy course_lib and nbverdict into the environment if users may not read the checkout."""
    if readable_by_all(root / "course_lib" / "__init__.py"):
        return
    words = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    target = Path(subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip())
    for package in (root / "course_lib", root / "nbverdict" / "src" / "nbverdict"):
        shutil.copytree(package, target / package.name, dirs_exist_ok=True)
