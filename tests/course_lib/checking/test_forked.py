"""The forked child: it answers, crashes, hangs, idles, and holds nothing of its parent's."""

import os
import signal
import time

import pytest

from course_lib.checking import forked
from course_lib.checking.forked import Forked

pytestmark = pytest.mark.linux


def work(request):
    if request == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if request == b"error":
        raise ValueError
    if request == b"hang":
        time.sleep(60)
    if request == b"many":
        return [bytes(10_001)]
    if request == b"descriptors":
        return [" ".join(sorted(os.listdir("/proc/self/fd"), key=int)).encode()]
    return [request[::-1], str(os.getpid()).encode()]


@pytest.fixture
def child():
    made = Forked(work, seconds=1, most=10_000)
    yield made
    made.end()


def test_one_child_answers_many_requests(child):
    answers = [bytes(child.ask(b"ab%d" % i)) for i in range(5)]
    assert [answer[:3] for answer in answers] == [b"%dba" % i for i in range(5)]
    assert len({answer[3:] for answer in answers}) == 1
    assert int(answers[0][3:]) != os.getpid()


@pytest.mark.parametrize("bad", [b"crash", b"error", b"hang", b"many"])
def test_what_ends_the_child_leaves_the_next_request(child, bad):
    child.ask(b"x")
    assert child.ask(bad) is None
    assert bytes(child.ask(b"ab"))[:2] == b"ba"


def test_a_request_may_be_larger_than_the_pipe():
    child = Forked(lambda request: [request], seconds=20, most=1 << 24)
    request = os.urandom(5 << 20)
    assert bytes(child.ask(request)) == request
    child.end()


def test_an_idle_child_ends_and_the_next_request_gets_another(child, monkeypatch):
    monkeypatch.setattr(forked, "_IDLE_SECONDS", 0.05)
    first = bytes(child.ask(b"ab"))[2:]
    os.waitid(os.P_PID, int(first), os.WEXITED | os.WNOWAIT)  # it ends by itself
    second = bytes(child.ask(b"ab"))
    assert second[:2] == b"ba" and second[2:] != first


def test_a_child_that_somebody_waited_for_is_no_error(child):
    pid = int(bytes(child.ask(b"")))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert bytes(child.ask(b"ab"))[:2] == b"ba"


def test_the_child_holds_no_descriptor_of_its_parent(child):
    inlet, outlet = os.pipe()
    held = bytes(child.ask(b"descriptors")).split()
    os.close(outlet)
    assert os.read(inlet, 1) == b""  # nobody else has the other end
    os.close(inlet)
    assert len([fd for fd in held if int(fd) > 2]) == 3  # two pipes, and the folder it lists


def test_a_copy_of_the_parent_asks_a_child_of_its_own(child):
    mine = bytes(child.ask(b"ab"))
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            theirs = bytes(child.ask(b"ab"))
            code = 0 if theirs[:2] == b"ba" and theirs != mine else 1
            child.end()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert bytes(child.ask(b"ab")) == mine


def test_nothing_is_left_at_the_end(child):
    before = set(os.listdir("/proc/self/fd"))
    pid = int(bytes(child.ask(b"")))
    child.end()
    child.end()
    with pytest.raises(ChildProcessError):  # waited for: no zombie
        os.waitpid(pid, 0)
    assert set(os.listdir("/proc/self/fd")) == before
