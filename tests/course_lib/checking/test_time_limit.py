"""A call without an end is stopped, and nothing of the limit stays behind."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from course_lib.checking import check, local_call, outcome, time_limit
from course_lib.checking.time_limit import TimeLimit, TookTooLong

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no signals here")


def state():
    return (
        signal.getsignal(signal.SIGPROF), signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_PROF), signal.getitimer(signal.ITIMER_REAL), sys.gettrace(),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_stays():
    before = state()
    yield
    assert state() == before


def endless():
    while True:
        pass


def swallows():
    while True:
        try:
            pass
        except BaseException:
            pass


def swallows_twice():
    while True:
        try:
            while True:
                try:
                    sum(range(100))
                except BaseException:
                    continue
        except BaseException:
            pass
        finally:
            list(range(3))


def swallows_in_a_helper():
    def once():
        try:
            sum(range(1000))
        except BaseException as error:
            return str(error)

    while True:
        once()


def sleeps():
    while True:
        time.sleep(60)


@pytest.mark.parametrize(
    "answer", [endless, swallows, swallows_twice, swallows_in_a_helper], ids=lambda f: f.__name__
)
def test_an_endless_loop_ends(answer):
    called = local_call.call(answer, (), {}, limit=TimeLimit(0.2, 60))
    assert called.error.kind == "TookTooLong"
    assert called.error.message == "it ran longer than 0.2 s of processor time and was stopped"


def test_waiting_for_ever_ends():
    called = local_call.call(sleeps, (), {}, limit=TimeLimit(60, 0.2))
    assert called.error.message == "it ran longer than 0.2 s of time on the clock and was stopped"


def test_an_error_of_python_is_not_hidden_by_an_answer_that_catches_exceptions():
    def answer():
        while True:
            try:
                pass
            except Exception:
                return 1

    assert local_call.call(answer, (), {}, limit=TimeLimit(0.2, 60)).error.kind == "TookTooLong"


def test_a_short_call_has_no_limit_left_after_it():
    assert local_call.call(lambda: 3, (), {}, limit=TimeLimit(0.1, 0.1)).value == 3
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass


def test_the_next_call_works_as_ever():
    local_call.call(swallows, (), {}, limit=TimeLimit(0.1, 60))
    assert local_call.call(lambda x: x + 1, (1,), {}, limit=TimeLimit(1, 60)).value == 2


def test_interrupting_the_kernel_still_interrupts():
    def answer():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        local_call.call(answer, (), {}, limit=TimeLimit(10, 60))


def test_a_generator_without_an_end_of_its_work_ends():
    def answer():
        yield 1
        while True:
            pass

    assert local_call.call(answer, (), {}, 2, limit=TimeLimit(0.2, 60)).error.kind == "TookTooLong"


@pytest.mark.parametrize("name", ["ITIMER_PROF", "ITIMER_REAL"])
def test_a_timer_of_somebody_else_is_left_alone(name):
    timer = getattr(signal, name)
    number = {"ITIMER_PROF": signal.SIGPROF, "ITIMER_REAL": signal.SIGALRM}[name]
    before = signal.signal(number, signal.SIG_IGN)
    try:
        signal.setitimer(timer, 50)
        with TimeLimit():
            assert 40 < signal.getitimer(timer)[0] < 60 and not signal.getitimer(timer)[1]
        assert 40 < signal.getitimer(timer)[0] < 60
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def test_a_debugger_is_not_disturbed():
    sys.settrace(lambda *_: None)
    try:
        with TimeLimit():
            assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    finally:
        sys.settrace(None)


def test_other_threads_have_no_limit():
    found = []
    thread = threading.Thread(target=lambda: found.append(local_call.call(
        lambda: 1, (), {}, limit=TimeLimit(0.1, 0.1)).value))  # fmt: skip
    thread.start()
    thread.join()
    assert found == [1]


def test_a_report_says_it_in_words_and_goes_on(monkeypatch):
    monkeypatch.setattr(time_limit, "CPU_SECONDS", 0.5)
    report = check.Report("p", "t", points=3)
    for label in ("one", "two"):
        report.equal(label, report.run(endless), 1)
    report.equal("three", report.run(lambda: 1), 1)
    first, second, third = report.rows
    for row in (first, second):
        assert "it ran longer than 0.5 s of processor time and was stopped" in row.message
        assert "in line" in row.message
    assert third.ok and float(report) == 1


def test_the_grader_has_limits_of_its_own():
    from course_lib.checking import grader_side

    def answer():
        return signal.getitimer(signal.ITIMER_PROF)

    options = {"take": None, "random_maps": False, "trace": None}
    assert grader_side.call(answer, (), {}, options).value == (0, 0)
    assert outcome.run(answer).value != (0, 0)


PROFILED = """
import signal
from course_lib.checking.time_limit import TimeLimit
with TimeLimit(5, 50):
    pass
import os
pid = os.fork()
if pid == 0:
    os._exit(any(signal.getitimer(signal.ITIMER_PROF)))
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="needs fork")
def test_a_child_inherits_no_timer():
    done = subprocess.run([sys.executable, "-c", PROFILED], capture_output=True, text=True)
    assert done.stdout.strip() == "0", done.stderr


def test_the_error_is_no_exception():
    assert not issubclass(TookTooLong, Exception)
