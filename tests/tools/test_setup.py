"""The set-up is complete or not there at all, and says in one line why it is not."""

import os
import shutil
import subprocess
import sys

import pytest

from places import ROOT
from tools import setup_venv
from tools.setup_venv import Environment, SetupError


@pytest.fixture
def complete(tmp_path):
    """An environment that looks completely installed."""
    environment = Environment(tmp_path / "venv")
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp("course").write_text(setup_venv.lock_key("course"))
    return environment


def test_complete_environment_is_left_alone(complete, capsys):
    before = sorted(complete.folder.rglob("*"))
    setup_venv.set_up(complete, "course")
    assert sorted(complete.folder.rglob("*")) == before
    assert capsys.readouterr().out == ""


def test_course_is_not_dev(complete):
    assert complete.is_complete("course")
    assert not complete.is_complete("dev")


@pytest.mark.parametrize("damage", ["interrupted", "other lock", "no stamp", "no python"])
def test_damaged_environment_is_not_complete(complete, damage):
    if damage == "interrupted":
        complete.unfinished.touch()
    elif damage == "other lock":
        complete.stamp("course").write_text("another hash")
    elif damage == "no stamp":
        complete.stamp("course").unlink()
    else:
        complete.python.unlink()
    assert not complete.is_complete("course")


def test_beginning_takes_the_stamps_away(complete):
    """A kill at any later moment leaves an environment that nobody takes for complete."""
    setup_venv.begin(complete)
    assert complete.unfinished.exists()
    assert not complete.stamp("course").exists()


def test_interrupted_installation_starts_afresh(complete):
    """pip takes a package that is half unpacked for installed, so nothing of it may stay."""
    complete.unfinished.touch()
    half = complete.folder / "lib" / "half_unpacked"
    half.mkdir(parents=True)
    setup_venv.begin(complete)
    assert not half.exists()
    assert complete.works()


def test_without_network_one_line(tmp_path):
    environment = Environment(tmp_path / "venv")
    setup_venv.begin(environment)
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, "tools/setup_venv.py", str(environment.folder)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    done = subprocess.run(
        command, cwd=ROOT, env=clean | unreachable, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "No network: the package index cannot be reached. Connect, then run this again."
    ]
    assert not environment.is_complete("course")


def test_a_full_disk_is_one_line():
    told = "error: Failed to install: zarr\n  Caused by: No space left on device (os error 28)"
    assert setup_venv.why(told).startswith("No space: the course needs about 1.2 GB")
    assert "\n" not in setup_venv.why(told)


def test_other_failures_are_shown():
    told = "The installation failed:\nERROR: hash differs"
    assert setup_venv.why("ERROR: hash differs") == told
    with pytest.raises(SetupError, match="hash differs"):
        setup_venv.run([sys.executable, "-c", "import sys; sys.exit('hash differs')"])


def test_uv_learns_where_pip_finds_packages(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://index.invalid/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert setup_venv.clean_env()["UV_DEFAULT_INDEX"] == "http://index.invalid/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://own.invalid/simple")
    assert setup_venv.clean_env()["UV_DEFAULT_INDEX"] == "http://own.invalid/simple"


def find_python(tmp_path, **programs):
    """Run find_python.sh where only these programs are; each is a shell script."""
    for name, script in programs.items():
        path = tmp_path / name.replace("_", ".")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "find_python.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )


GOOD = f'exec {sys.executable} "$@"'
OLD = 'case "$2" in *print*) echo 3.8;; *) exit 1;; esac'
NO_VENV = f'case "$2" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac'


@pytest.mark.parametrize(
    ("programs", "found"),
    [
        ({"python3": GOOD}, "python3"),
        ({"python3": OLD, "python3_12": GOOD}, "python3.12"),
        ({"python3": NO_VENV, "python3_11": GOOD}, "python3.11"),
        ({"python3": "exit 127", "python3_13": GOOD}, "python3.13"),
    ],
)
def test_a_suitable_python_is_found(tmp_path, programs, found):
    done = find_python(tmp_path, **programs)
    assert (done.stdout.strip(), done.returncode) == (found, 0)


@pytest.mark.parametrize(
    ("programs", "says"),
    [
        ({}, "no python3 found"),
        ({"python3": OLD}, "python3 is 3.8"),
        ({"python3": NO_VENV}, "apt-get install python3-venv"),
    ],
)
def test_no_suitable_python_is_one_line(tmp_path, programs, says):
    done = find_python(tmp_path, **programs)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


def test_ci_calls_make_test():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"
    assert shutil.which("make")
