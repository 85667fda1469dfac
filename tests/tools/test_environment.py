"""pyproject.toml, the locks, environment.yml and binder/ describe one environment."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from places import ROOT

COURSE, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
# "numpy==2.4.6 ; python_full_version < '3.12' \" and the hash lines that follow.
PIN = re.compile(
    r"^([A-Za-z0-9].*?)\s*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def pins(lock):
    """Return {requirement line: set of hashes}."""
    found = PIN.findall(lock.read_text())
    return {line: frozenset(re.findall(r"sha256:\w+", hashes)) for line, hashes in found}


def versions(lock):
    """Return {package: [Requirement, ...]}; a package may have one pin for each Python."""
    by_name = {}
    for line in pins(lock):
        requirement = Requirement(line)
        by_name.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return by_name


def installed_on(lock, python):
    """Return {name==version: hashes} for Linux and this Python."""
    return {
        line.split(" ; ")[0]: hashes
        for line, hashes in pins(lock).items()
        if applies(Requirement(line), python)
    }


def applies(pin, python):
    environment = {"python_full_version": f"{python}.0", "python_version": python}
    environment |= {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
    return pin.marker is None or pin.marker.evaluate(environment)


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def is_pinned_for(requirement, locked, python):
    """Say whether the lock holds one version for this Python, inside the stated range."""
    pinned = locked.get(canonicalize_name(requirement.name), [])
    fitting = [pin for pin in pinned if applies(pin, python)]
    versions_found = [str(pin.specifier).removeprefix("==") for pin in fitting]
    return len(fitting) == 1 and requirement.specifier.contains(versions_found[0])


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("lock", [COURSE, DEV], ids=["course", "dev"])
def test_lock_pins_every_dependency_once_for_each_python(lock, python):
    locked = versions(lock)
    wanted = [Requirement(r) for r in project()["dependencies"]]
    if lock is DEV:
        wanted += [Requirement(r) for r in project()["optional-dependencies"]["dev"]]
    assert [str(r) for r in wanted if not is_pinned_for(r, locked, python)] == []


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_dev_lock_holds_every_pin_of_the_course_with_the_same_hashes(python):
    course, dev = installed_on(COURSE, python), installed_on(DEV, python)
    assert {name: dev.get(name) for name in course} == course


@pytest.mark.parametrize("lock", [COURSE, DEV], ids=["course", "dev"])
def test_every_line_of_a_lock_is_a_pin_a_hash_or_a_comment(lock):
    text = lock.read_text()
    without_pins = PIN.sub("", text)
    assert [line for line in without_pins.splitlines() if not line.lstrip().startswith("#")] == []
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text)


def test_conda_installs_the_lock_and_nothing_else():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python, pip, through_pip = dependencies
    assert re.fullmatch(r"python=3\.1[123]", python)
    assert pip == "pip"
    assert through_pip == {"pip": ["--require-hashes", "-r requirements.lock"]}


def test_binder_installs_the_lock_and_nothing_else():
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    assert [x for x in lines if not x.startswith("#")] == [
        "--require-hashes",
        "-r ../requirements.lock",
    ]
    assert (ROOT / "binder" / "requirements.txt").parent.joinpath("../requirements.lock").exists()
    python = (ROOT / "binder" / "runtime.txt").read_text().strip()
    assert f"python={python.removeprefix('python-')}" in (ROOT / "environment.yml").read_text()


def test_repo2docker_accepts_binder(tmp_path):
    """No image is built: this machine may have no Docker. The Dockerfile says what would run."""
    for name in ("binder", "requirements.lock", "pyproject.toml"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, tmp_path / name)
    (tmp_path / "binder" / "postBuild").chmod(0o755)
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    dockerfile = done.stdout + done.stderr
    assert done.returncode == 0, dockerfile
    copied = re.search(r"COPY --chown=\d+:\d+ src/ \$\{REPO_DIR\}/", dockerfile).start()
    installed = dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    # The lock lies outside binder/: it must be in the image before pip reads it.
    assert copied < installed < dockerfile.index("RUN ./binder/postBuild")


def test_the_version_is_in_one_place():
    from importlib.metadata import version

    import course_lib
    import nbverdict

    assert project()["dynamic"] == ["version"]
    assert version("bigger-than-memory") == course_lib.__version__
    assert version("nbverdict") == nbverdict.__version__


def test_licences_are_named_and_there():
    assert project()["license"] == "BSD-3-Clause AND CC-BY-4.0"
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text()
    assert "CC-BY-4.0" in (ROOT / "LICENSE-text").read_text()


def test_environment_runs_the_locked_versions():
    """What runs these tests is what the lock says."""
    from importlib.metadata import version

    environment_pins = {
        name: [p for p in found if p.marker is None or p.marker.evaluate()]
        for name, found in versions(COURSE).items()
    }
    wrong = {
        name: version(name)
        for name, found in environment_pins.items()
        if found and version(name) != str(found[0].specifier).removeprefix("==")
    }
    assert wrong == {}
