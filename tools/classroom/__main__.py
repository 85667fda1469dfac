"""Start a JupyterHub on loopback with a teacher and students; Ctrl-C removes it all.

    python -m tools.classroom                     port 8000, two students
    python -m tools.classroom --port 8010 --students 5

As root each person is a system user made for the demonstration and removed again. As an
ordinary user all servers run as you: that shows the course, and keeps nobody apart.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from tools.classroom import install, people
from tools.classroom.people import ClassroomError

ROOT = Path(__file__).resolve().parents[2]
DATA_LIMIT = 4 << 30
"""Bytes of data that one server process may have."""


class Classroom:
    """One demonstration: its folder, its people, its hub."""

    def __init__(self, port: int, students: int) -> None:
        self.port = port
        self.is_root = os.geteuid() == 0
        self.teacher = f"{people.PREFIX}teacher"
        self.students = [f"{people.PREFIX}student{n}" for n in range(1, students + 1)]
        self.made: list[str] = []
        self.hub: subprocess.Popen | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="classroom-", dir="/var/tmp"))
        self.folder.chmod(0o755)

    @property
    def names(self) -> list[str]:
        """Return everybody's name."""
        return [self.teacher, *self.students]

    def prepare(self) -> None:
        """Make users, homes, the exchange and the settings."""
        check_port(self.port)
        base = ROOT / ".venv-classroom"
        self.proxy = install.proxy(base / "proxy" if self.is_root else ROOT / ".venv" / "proxy")
        self.python = (
            install.python_for_all(ROOT, base / "python") if self.is_root else Path(sys.executable)
        )
        for name in self.names:
            self._add(name)
        course = people.make_course(self._home(self.teacher), ROOT, self._owner(self.teacher))
        exchange = self.folder / "exchange"
        exchange.mkdir()
        exchange.chmod(0o777)  # nbgrader's exchange: everybody hands in here
        write_config(self.folder / "config", exchange, course)
        self._write_settings()

    def _home(self, name: str) -> Path:
        return self.folder / "home" / name

    def _owner(self, name: str) -> str | None:
        return name if self.is_root else None

    def _add(self, name: str) -> None:
        if self.is_root:
            people.add_system_user(name, self._home(name))
            self.made.append(name)
        people.make_home(self._home(name), ROOT, self._owner(name))

    def _write_settings(self) -> None:
        bin_folder = self.python.parent
        prlimit = shutil.which("prlimit")
        self.passwords = {name: secrets.token_urlsafe(9) for name in self.names}
        self.settings = self.folder / "settings.json"
        self.settings.touch(mode=0o600)
        self.settings.write_text(
            json.dumps(
                {
                    "folder": str(self.folder),
                    "port": self.port,
                    "hub_port": free_port(),
                    "proxy_port": free_port(),
                    "proxy": self.proxy,
                    "teachers": [self.teacher],
                    "passwords": self.passwords,
                    "system_users": self.is_root,
                    "limit": [prlimit, f"--data={DATA_LIMIT}"] if prlimit else [],
                    "singleuser": str(bin_folder / "jupyterhub-singleuser"),
                    "path": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
                }
            ),
            encoding="utf-8",
        )

    def start(self) -> None:
        """Start the hub and wait until it answers."""
        config = Path(__file__).with_name("jupyterhub_config.py")
        environment = {**os.environ, "CLASSROOM_SETTINGS": str(self.settings)}
        environment["CONFIGPROXY_AUTH_TOKEN"] = secrets.token_hex(16)
        environment["PATH"] = f"{self.python.parent}{os.pathsep}{environment['PATH']}"
        self.log = open(self.folder / "hub.log", "wb")
        self.hub = subprocess.Popen(
            [str(self.python), "-m", "jupyterhub", "--config", str(config)],
            cwd=self.folder,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            if self.hub is None or self.hub.poll() is not None:
                break
            if answers(f"http://127.0.0.1:{self.port}/hub/login"):
                return
            time.sleep(0.2)
        log = (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")
        raise ClassroomError(f"the hub did not start; its last words:\n{log[-1500:]}")

    def show(self) -> None:
        """Print where it is, who may sign in, and how to stop it."""
        print(f"\nThe classroom is open at http://127.0.0.1:{self.port}/\n")
        for name in self.names:
            print(f"  {name:20} password {self.passwords[name]}")
        if not self.is_root:
            print("\nAll servers run as you: nobody is kept from the files of the others, and")
            print("nbgrader takes everybody for the same student.")
        print("\nStop it with Ctrl-C. Its users, homes and files are removed then.", flush=True)

    def close(self) -> None:
        """Stop everything that was started and remove everything that was made."""
        if self.hub is not None:
            stop(self.hub)
            self.log.close()
        for name in self.made:
            people.remove_system_user(name)
        shutil.rmtree(self.folder, ignore_errors=True)


def write_config(folder: Path, exchange: Path, course: Path) -> None:
    """Write nbgrader's settings for teachers and for students."""
    shared = f'c.CourseDirectory.course_id = "bigger-than-memory"\nc.Exchange.root = "{exchange}"\n'
    teacher = f'load_subconfig("{course / "nbgrader_config.py"}")\n{shared}'
    teacher += f'c.CourseDirectory.root = "{course}"\n'
    for role, text in (("teacher", teacher), ("student", shared)):
        (folder / role).mkdir(parents=True)
        (folder / role / "nbgrader_config.py").write_text(f"c = get_config()\n{text}")
    # What only authors use is off for students, as in `make lab`.
    shutil.copytree(ROOT / "tools" / "lab", folder / "student", dirs_exist_ok=True)


def check_port(port: int) -> None:
    """Raise ClassroomError if something listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise ClassroomError(
                f'port {port} cannot be used ({error}): choose another, ARGS="--port 8010"'
            ) from None


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Tell whether a page answers; the proxy is there some time before the hub is."""
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            return page.status == 200
    except OSError:
        return False


def stop(hub: subprocess.Popen) -> None:
    """End the hub, its proxy and the servers; kill what does not go."""
    try:
        family = psutil.Process(hub.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    if hub.poll() is None:
        hub.send_signal(signal.SIGTERM)
        try:
            hub.wait(timeout=20)
        except subprocess.TimeoutExpired:
            hub.kill()
    hub.wait()
    # The proxy has a session of its own: without this it would outlive a hub that was killed.
    for process in psutil.wait_procs(family, timeout=3)[1]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass
    psutil.wait_procs(family, timeout=5)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run the classroom until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--students", type=int, default=2)
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Explicitly: a shell that starts this in the background has SIGINT ignored.
        signal.signal(number, _interrupt)
    room = Classroom(options.port, options.students)
    try:
        room.prepare()
        room.start()
        room.show()
        if room.hub is not None:
            room.hub.wait()
        print("the hub has stopped by itself", file=sys.stderr)
        return 1
    except ClassroomError as error:
        print(f"the classroom cannot open: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nclosing the classroom")
        return 0
    finally:
        room.close()


if __name__ == "__main__":
    sys.exit(main())
