"""What a submission can see and do, at both levels of the jail, as root and as a user."""

import os

import arena
import pytest
import target
import users
from course import Course, answer, check, plain, shown

A = "jail"
LOOK = """
import glob, os, resource, socket, stat
def seen():
    found = {}
    found["course"] = os.path.exists("{root}/gradebook.db")
    found["readable"] = sum(os.access(p, os.R_OK) and _opens(p) for p in glob.glob("{root}/**/*"))
    found["writes"] = _writes("/usr/x") or _writes("/etc/x") or _writes("{root}/x")
    found["home"] = _writes(os.path.expanduser("~/x"))
    found["network"] = _connects()
    found["root"] = os.getuid() == 0
    found["others"] = _others()
    found["changes"] = [name for name, change in CHANGES.items() if _works(change)]
    found["disks"] = [path for path in glob.glob("/dev/*") if _is_disk(path) and _opens(path)]
    found["files"] = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return found
FOLDER = "{root}/submitted/zoe/jail"
OTHERS = FOLDER + "/nb.ipynb"
CHANGES = {
    "chmod": lambda: os.chmod(OTHERS, 0), "chmod of the folder": lambda: os.chmod(FOLDER, 0),
    "chown": lambda: os.chown(OTHERS, -1, os.getgid()), "utime": lambda: os.utime(OTHERS, (1, 1)),
    "setxattr": lambda: os.setxattr(OTHERS, "user.x", b"1"),
    "truncate": lambda: os.truncate(OTHERS, 0), "unlink": lambda: os.unlink(OTHERS),
    "rename": lambda: os.rename(OTHERS, OTHERS + "x"),
    "link": lambda: os.link(OTHERS, os.path.abspath("mine")),
}
def _works(change):
    before = _attributes()
    try:
        change()
    except OSError:
        pass
    return _attributes() != before
def _attributes():
    try:
        return [os.stat(path).st_ctime_ns for path in (OTHERS, FOLDER)]
    except OSError:
        return []
def _is_disk(path):
    return stat.S_ISBLK(os.stat(path).st_mode) or path.endswith(("mem", "kmsg"))
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
MARKS = {"test_seen": 1.0, "test_many": 1.0, "test_too_many": 0.0, "test_after": 1.0}
SHOW = "found = seen()\nprint(sorted(found.items()))\nassert found['files'] == 512"
SAFE = [("course", False), ("changes", []), ("disks", []), ("files", 512), ("network", False),
        ("others", 0), ("readable", 0), ("root", False), ("writes", False)]  # fmt: skip


# Threads that stay for a second: 30 of them are allowed, 100 are not.
MANY = """
import threading, time
def many(count):
    try:
        for _ in range(count):
            threading.Thread(target=time.sleep, args=(1.2,), daemon=True).start()
    except RuntimeError:
        time.sleep(1.3)
        return False
    time.sleep(1)
    return threading.active_count() > count
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    base = tmp_path_factory.mktemp("jail")
    made = Course(base)
    cells = [plain("import os"), answer("seen", "def seen(): return {}"),
             check("test_seen", 1, SHOW), answer("many", "def many(count): return True"),
             check("test_many", 1, "assert many(30)\nassert many(1)"),
             check("test_too_many", 1, "assert many(100)"),
             check("test_after", 1, "assert many(1)")]  # fmt: skip
    made.assignment(A, {"nb": cells})
    made.submit("looks", A, {"nb": {"seen": LOOK.replace("{root}", str(base)), "many": MANY}})
    made.submit("zoe", A, {"nb": {"seen": "def seen(): return {'files': 512}"}})
    return made


def _found(course: Course) -> str:
    return shown(course.graded("looks", A, "nb"), "test_seen")


def test_full(course):
    done = course.grade(A, "--force", "--require-jail")
    assert "isolation: full with seccomp" in done.stderr
    assert course.scores(A)["looks"] == MARKS
    assert course.scores(A)["zoe"]["test_seen"] == 1.0
    for name, value in [*SAFE, ("home", True)]:
        assert f"('{name}', {value})" in _found(course)
    assert "isolation: full" in (course.root / "grading.log").read_text()


def test_process_only_is_named_and_still_guards(course):
    done = course.grade(A, "--force", "--no-namespaces")
    assert "isolation: process only with seccomp" in done.stderr
    assert course.scores(A)["looks"] == MARKS
    assert course.scores(A)["zoe"]["test_seen"] == 1.0
    # Names of files can be asked for; nothing of the course can be opened, read or written.
    for name, value in SAFE[1:]:
        if name != "root" or os.geteuid() == 0:
            assert f"('{name}', {value})" in _found(course)


def test_require_jail_refuses_the_weaker_one(course):
    done = course.grade(A, "--force", "--no-namespaces", "--require-jail", check=False)
    assert done.returncode == 2
    assert "refused" in done.stderr and "process only" in done.stderr


@pytest.mark.parametrize("options", [(), ("--no-namespaces",)], ids=["full", "process-only"])
def test_an_ordinary_user_beside_other_processes(course, ordinary, options):
    copy, grade = ordinary(course)
    # The cell looks for the files of the course that it is graded in.
    looks = LOOK.replace("{root}", str(copy.root))
    copy.submit("looks", A, {"nb": {"seen": looks, "many": MANY}})
    with users.neighbours(90):
        done = grade(A, "--force", *options)
    assert done.returncode == 0, done.stderr
    level = "process only" if options else "full"
    assert f"isolation: {level} with seccomp" in done.stderr
    assert copy.scores(A)["looks"] == MARKS
    assert copy.scores(A)["zoe"]["test_seen"] == 1.0
    for name, value in SAFE[1:]:
        if name != "root":
            assert f"('{name}', {value})" in _found(copy)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Model answers to tests that measure calls, and wrong ones."""
    made = target.Course(tmp_path_factory.mktemp("measured"))
    made.assignment(target.ASSIGNMENT, {"nb": target.CELLS})
    arena.give_secrets(made, target)
    made.submit("right", target.ASSIGNMENT, made.model(target.ASSIGNMENT))
    made.submit("wrong", target.ASSIGNMENT, {"nb": target.WRONG})
    return made


@pytest.mark.parametrize("landlock", [True, False], ids=["landlock", "without"])
@pytest.mark.parametrize("user", [False, True], ids=["present", "ordinary"])
def test_measured_marks_do_not_depend_on_the_level(measured, user, landlock):
    with users.own_copy(measured) as course:
        words = (target.ASSIGNMENT, "--no-namespaces")
        done = users.grade_as(course, words, user, landlock)
        assert done.returncode == 0, done.stderr
        assert "isolation: process only" in done.stderr and landlock == ("Landlock" in done.stderr)
        full = {name: float(points) for name, points in target.POINTS.items()}
        assert course.scores(target.ASSIGNMENT) == {
            "right": full, "wrong": dict.fromkeys(full, 0.0)
        }  # fmt: skip


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no other user to become")
def test_where_submissions_cannot_read_python_nothing_is_graded(course, tmp_path):
    """Without Landlock nothing can be opened to a user that may not read it itself."""
    closed = tmp_path / "hidden" / "pack"
    closed.mkdir(parents=True)
    (closed / "__init__.py").write_text("")
    closed.parent.chmod(0o700)
    config = course.root / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(before + "c.NbVerdict.packages = ['pack']\n")
    course.environment = course.environment | {"PYTHONPATH": str(closed.parent)}
    try:
        done = users.grade_as(course, (A, "--force", "--no-namespaces"), landlock=False)
        assert done.returncode == 2
        assert "no jail works here" in done.stderr
        assert f"cannot open Python's own files: {closed}" in done.stderr
    finally:
        config.write_text(before)
        del course.environment
