"""Counters, memory, machine, measure: exact where they can be, clear where they cannot."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from course_lib import child, counters, machine, memory, pagecache
from course_lib.measure import compare, exactly, measure
from course_lib.system import instruments
from course_lib.units import MiB


@pytest.fixture
def file(disk):
    path = disk / "file.bin"
    path.write_bytes(bytes(4 * MiB))
    return path


def test_a_cold_read_comes_from_the_disk_and_a_warm_one_does_not(file):
    cold = measure(np.fromfile, file, cold=file, label="cold")
    warm = measure(np.fromfile, file, label="warm")
    assert cold.read_bytes == 4 * MiB
    assert warm.read_bytes == 0
    assert cold.pages == 1024
    assert cold.value.size == 4 * MiB // 8
    assert cold.rchar - 4 * MiB in range(0, 4096)


def test_counts_repeat_exactly(file):
    counts = [measure(np.fromfile, file, cold=file, repeats=2).read_bytes for _ in range(5)]
    assert counts == [4 * MiB] * 5


def test_a_measurement_shows_as_a_table_and_as_one_line(file):
    shown = measure(np.fromfile, file, cold=file, label="cold <read>")
    assert "\n" not in str(shown)
    assert "&lt;read&gt;" in shown._repr_html_() and "4.0 MiB" in shown._repr_html_()
    assert compare(shown, shown)._repr_html_().count("<tr>") == 3


def test_without_instruments_a_measurement_says_so(file, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "all")
    shown = measure(np.fromfile, file, cold=file, peak=True)
    assert shown.read_bytes is None and shown.pages is None and shown.peak is None
    assert any("warm" in note for note in shown.notes)
    assert "pages resident unknown" in str(shown)


def test_pages_that_nobody_watched_are_not_watched_rather_than_unknown(file):
    assert "pages resident not watched" in str(measure(np.fromfile, file))
    assert "pages resident not watched" not in str(measure(np.fromfile, file, watch=file))


def test_a_table_leaves_out_what_nobody_asked_for(file):
    plain, followed = measure(np.fromfile, file), measure(np.fromfile, file, peak=True)
    assert "peak" not in compare(plain)._repr_html_()
    assert "pages resident" not in compare(plain)._repr_html_()
    assert "peak" in compare(plain, followed)._repr_html_()
    unknown = replace(followed, peak=None)
    assert ">unknown<" in compare(unknown)._repr_html_()


@pytest.mark.parametrize("repeats", [0, -1, 1.5])
def test_repeats_must_be_a_count(repeats):
    with pytest.raises(ValueError, match=f"at least 1, got {repeats}"):
        measure(len, [], repeats=repeats)


def test_a_missing_cold_file_is_named(disk):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        measure(len, [], cold=disk / "nowhere")


def test_exactly_raises_on_a_difference_only():
    assert "as counted" in repr(exactly("pages", 3, 3))
    assert "not measured here" in repr(exactly("pages", None, 3))
    with pytest.raises(AssertionError, match="expected 3 pages, measured 4 pages"):
        exactly("pages", 4, 3, "pages")


def test_counters_of_another_process(file):
    read = f"data = open({str(file)!r}, 'rb').read()"
    code = f"import sys; {read}; print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        assert counters.snapshot(process.pid).rchar > 4 * MiB
        process.stdin.close()


def test_a_process_that_is_gone_is_named():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    for call in (counters.snapshot, memory.usage):
        with pytest.raises(ProcessLookupError, match=str(process.pid)):
            call(process.pid)


@pytest.mark.parametrize("pid", [0, -3, "1", 1.5, True])
def test_a_pid_must_be_a_pid(pid):
    for call in (counters.snapshot, memory.usage):
        with pytest.raises(ValueError, match="positive whole number"):
            call(pid)


def test_unknown_counters_stay_unknown_in_a_difference():
    known, unknown = counters.Counters(majflt=3), counters.Counters()
    assert (known - counters.Counters(majflt=1)).majflt == 2
    assert (known - unknown).majflt is None


def test_the_peak_of_a_child_is_its_high_water_mark():
    peak = memory.peak_in_child(np.ones, 8 * MiB).peak
    assert abs(peak - 64 * MiB) < MiB  # the kernel counts pages in batches


def test_a_short_peak_is_not_missed():
    def spike():
        np.ones(4 * MiB).sum()

    _, peak = memory.grown_peak(spike)
    assert abs(peak - 32 * MiB) < MiB / 2  # the kernel counts pages in batches


def test_pss_adds_up_where_rss_does_not(file):
    """Two processes that map one file share its pages: PSS counts them once."""
    code = (
        "import numpy as np, sys\n"
        f"m = np.memmap({str(file)!r}, mode='r'); m.sum(); print(1, flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(2)]
    try:
        for process in processes:
            process.stdout.readline()
        table = memory.table({f"reader {i}": p.pid for i, p in enumerate(processes)})
        assert table.total("rss") - table.total("pss") > 4 * MiB
        assert all(row.uss <= row.pss <= row.rss for row in table.rows)
        assert "reader 1" in str(table) and "left on this machine" in str(table)
    finally:
        for process in processes:
            process.communicate()


def test_a_child_dies_alone():
    assert child.run("import os; os.abort()").signal_name == "SIGABRT"
    assert child.run("raise ValueError('seven')").last_line == "ValueError: seven"
    assert child.run(np.sum, [1, 2]).value == 3


def test_a_child_can_be_limited():
    code = "import numpy as np; np.ones(64 << 20)"
    assert "MemoryError" in child.run(code, limits={"as": 400 * MiB}).last_line
    code = "files = [open('/dev/null') for _ in range(100)]"
    assert "Too many open files" in child.run(code, limits={"nofile": 32}).last_line


def test_a_child_that_does_not_end_is_killed():
    late = child.run("while True: pass", timeout=0.3)
    assert late.signal_name == "SIGKILL" and "stopped after 0.3 s" in late.stderr


def test_a_child_refuses_what_it_cannot_do():
    def local():
        pass

    local.__module__ = "__main__"
    with pytest.raises(ValueError, match="defined in the notebook"):
        child.run(local)
    with pytest.raises(ValueError, match=r"unknown limits \['pages'\]"):
        child.run("pass", limits={"pages": 3})


def test_the_card_names_what_does_not_work(disk, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "mincore")
    card = machine.card(disk)
    states = {i.name: i.works for i in card.instruments}
    assert not states["mincore"] and states["proc_io"]
    assert "not here: switched off" in card._repr_html_()
    with pytest.raises(NotADirectoryError, match="nowhere"):
        machine.card(disk / "nowhere")


def test_the_ram_limit_of_a_container_is_found(tmp_path, monkeypatch):
    """A cgroup limit below the host's memory wins, in both versions of cgroups."""
    monkeypatch.setattr(machine, "_cgroup_files", lambda *names: iter([("536870912", "cgroup v2")]))
    assert machine.ram_limit() == (512 * MiB, "cgroup v2")
    assert machine.scale(4096 * MiB, fraction=1 / 8) == 64 * MiB
    monkeypatch.setattr(machine, "_cgroup_files", lambda *names: iter([("max", "cgroup v2")]))
    assert machine.ram_limit()[1] == "memory of the machine"


@pytest.mark.parametrize(("want", "fraction"), [(0, 0.5), (-1, 0.5), (1, 0), (1, 1.5)])
def test_scale_refuses_nonsense(want, fraction):
    with pytest.raises(ValueError, match="got"):
        machine.scale(want, fraction)


def test_an_unknown_instrument_is_an_error():
    with pytest.raises(ValueError, match="no instrument 'seconds'"):
        instruments.available("seconds")


def test_importing_the_library_is_light():
    heavy = "{'numpy', 'zarr', 'h5py', 'tables', 'matplotlib', 'blosc'}"
    code = (
        "import sys, course_lib; from course_lib import machine, pagecache, predict\n"
        "from course_lib.checking import check\n"
        f"print(sorted(set(sys.modules) & {heavy}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_residency_is_the_same_for_fincore(file):
    """The page counts of util-linux's fincore are the same."""
    pagecache.evict(file)
    with open(file, "rb") as f:
        f.read(1)
    done = subprocess.run(
        ["fincore", "--bytes", "--noheadings", "--raw", "--output", "PAGES", file],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout) == pagecache.residency(file).resident_pages > 0


def test_a_fork_keeps_the_files_of_its_parent(disk):
    """The clean-up at exit belongs to the process that made the directory."""
    if not hasattr(os, "fork"):
        pytest.fail("this test needs fork")
    code = (
        "import os; from course_lib.checking.workdir import workdir; path = workdir('x')\n"
        "pid = os.fork()\n"
        "if pid: os.waitpid(pid, 0); print(path.exists())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_an_instrument_is_tested_once_per_file_system(disk, monkeypatch):
    tested = []
    monkeypatch.setattr(instruments, "_answers", {})
    monkeypatch.setitem(
        instruments._SELF_TESTS, "mincore", lambda place: tested.append(place) or ""
    )
    for name in ("a", "b"):
        (disk / name).mkdir()
        assert instruments.works("mincore", disk / name)
    assert tested == [disk / "a"]
    other = "/dev/shm"
    assert os.stat(other).st_dev != os.stat(disk).st_dev
    assert instruments.works("mincore", other)
    assert len(tested) == 2
