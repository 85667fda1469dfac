"""What a submission can see and do, at both levels of the jail, as root and as a user."""

import os

import pytest
from course import Course, answer, check, plain, shown

A = "jail"
LOOK = """
import glob, os, resource, socket
def seen():
    found = {}
    found["course"] = os.path.exists("{root}/gradebook.db")
    found["readable"] = sum(os.access(p, os.R_OK) and _opens(p) for p in glob.glob("{root}/**/*"))
    found["writes"] = _writes("/usr/x") or _writes("/etc/x") or _writes("{root}/x")
    found["home"] = _writes(os.path.expanduser("~/x"))
    found["network"] = _connects()
    found["root"] = os.getuid() == 0
    found["others"] = _others()
    found["files"] = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return found
def _opens(path):
    try:
        open(path, "rb").close()
    except OSError:
        return False
    return True
def _writes(path):
    try:
        open(path, "w").close()
    except OSError:
        return False
    return True
def _connects():
    try:
        socket.create_connection(("10.255.255.1", 9), timeout=0.2).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return True
def _others():
    readable = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if pid != str(os.getpid()):
            readable += _opens("/proc/" + pid + "/environ")
    return readable
"""
SHOW = "found = seen()\nprint(sorted(found.items()))\nassert found['files'] == 512"
SAFE = [("course", False), ("files", 512), ("network", False), ("others", 0), ("readable", 0),
        ("root", False), ("writes", False)]  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    base = tmp_path_factory.mktemp("jail")
    made = Course(base)
    made.assignment(A, {"nb": [plain("import os"), answer("seen", "def seen(): return {}"),
                               check("test_seen", 1, SHOW)]})  # fmt: skip
    made.submit("looks", A, {"nb": {"seen": LOOK.replace("{root}", str(base))}})
    return made


def _found(course: Course) -> str:
    return shown(course.graded("looks", A, "nb"), "test_seen")


def test_full(course):
    done = course.grade(A, "--force", "--require-jail")
    assert "isolation: full with seccomp" in done.stderr
    assert course.scores(A)["looks"] == {"test_seen": 1.0}
    for name, value in [*SAFE, ("home", True)]:
        assert f"('{name}', {value})" in _found(course)
    assert "isolation: full" in (course.root / "grading.log").read_text()


def test_process_only_is_named_and_still_guards(course):
    done = course.grade(A, "--force", "--no-namespaces")
    assert "isolation: process only with seccomp" in done.stderr
    assert course.scores(A)["looks"] == {"test_seen": 1.0}
    # Names of files can be asked for; nothing of the course can be opened, read or written.
    for name, value in SAFE[1:]:
        if name != "root" or os.geteuid() == 0:
            assert f"('{name}', {value})" in _found(course)


def test_require_jail_refuses_the_weaker_one(course):
    done = course.grade(A, "--force", "--no-namespaces", "--require-jail", check=False)
    assert done.returncode == 2
    assert "refused" in done.stderr and "process only" in done.stderr


@pytest.mark.parametrize("options", [(), ("--no-namespaces",)], ids=["full", "process-only"])
def test_an_ordinary_user(course, ordinary, options):
    course, grade = ordinary(course)
    done = grade(A, "--force", *options)
    assert done.returncode == 0, done.stderr
    level = "process only" if options else "full"
    assert f"isolation: {level} with seccomp" in done.stderr
    assert course.scores(A)["looks"] == {"test_seen": 1.0}
    assert "('others', 0)" in _found(course) and "('writes', False)" in _found(course)
