"""Grade an assignment: ``python -m nbverdict ASSIGNMENT``.

Exit status
-----------
0
    Every submission has a mark.
1
    Some submission has none (the disk was full, the gradebook locked): run it again.
2
    Nothing was graded: no such assignment, no strong jail, another grader at work.
3
    With ``--strict``: all have marks, but something needs a look (unreadable, over a limit,
    altered tests).
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from nbverdict.course import config, settings_of
from nbverdict.lean_imports import lean_imports
from nbverdict.measuring import NotPluggedIn
from nbverdict.settings import Settings

if TYPE_CHECKING:
    from nbverdict.coordinator.batch import Batch
    from nbverdict.coordinator.cluster import Cluster
    from nbverdict.coordinator.pool import Pool


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m nbverdict", description="Grade the submissions of an assignment."
    )
    add = made.add_argument
    add("assignment", help="name of the assignment")
    add("--root", type=Path, default=Path.cwd(), help="course folder (default: this one)")
    add("--student", default="*", help="only this student; * and ? stand for anything")
    add("--jobs", type=int, default=_cpus(), help="submissions at the same time (default: CPUs)")
    add("--force", action="store_true", help="grade again what is graded")
    add("--dry-run", action="store_true", help="say what would be graded, and stop")
    add("--scheduler", metavar="ADDRESS", help="run on this dask.distributed cluster")
    add("--feedback", action="store_true", help="write the students' feedback pages too")
    add("--report", type=Path, metavar="FILE", help="where the teacher's page goes")
    add("--lint", action="store_true", help="say which tests cannot work here, and stop")
    add("--require-jail", action="store_true", help='refuse a jail weaker than "full"')
    add("--no-namespaces", action="store_true", help="use the weaker jail (to try it)")
    add("--strict", action="store_true", help="exit with 3 if something needs a look")
    add("--timeout", type=float, metavar="SECONDS", help="for one cell (default: nbgrader's)")
    add("--memory", type=int, metavar="MIB", help="for one submission (default: 2048)")
    bar = made.add_mutually_exclusive_group()
    bar.add_argument("--quiet", action="store_true", help="no progress bar")
    bar.add_argument("--progress", action="store_true", help="a progress bar in any case")
    return made


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["calibrate"]:
        return _calibrate(argv[1:])
    options = parser().parse_args(argv)
    os.environ["NBVERDICT_RUNNING"] = "1"
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    if options.jobs < 1:
        parser().error("--jobs must be at least 1")
    if options.lint:
        from nbverdict.assignment import lint

        return lint.main(options)
    try:
        chosen = settings(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return _run(options, chosen)
    except NotPluggedIn as error:
        print(error, file=sys.stderr)
        return 2


def _run(options: argparse.Namespace, chosen: Settings) -> int:
    if options.dry_run or options.scheduler:
        return _guarded(options, chosen, None)
    from nbverdict.coordinator.pool import Pool

    with Pool(chosen, options.jobs) as pool:  # it imports while we import
        return _guarded(options, chosen, pool)


def settings(options: argparse.Namespace) -> Settings:
    """Return the settings that the command line and the course ask for.

    Parameters
    ----------
    options : argparse.Namespace
        What `parser` has made of the command line.
    """
    chosen = replace(
        settings_of(config(options.root)),
        require_jail=options.require_jail, namespaces=not options.no_namespaces,
    )  # fmt: skip
    if options.timeout:
        chosen = replace(chosen, cell_timeout=options.timeout)
    if options.memory:
        chosen = replace(chosen, memory=options.memory << 20)
    return chosen


def _guarded(options: argparse.Namespace, chosen: Settings, pool: Pool | None) -> int:
    with lean_imports():
        from nbverdict.assignment.instructor import NoAssignment
        from nbverdict.coordinator.batch import Batch, Busy
        from nbverdict.coordinator.pool import NoJail
        from nbverdict.course import course_directory, late_penalty

    coursedir = course_directory(options.root)
    try:
        with Batch(
            coursedir, options.assignment, chosen, options.student, options.force,
            late_penalty(coursedir),
        ) as batch:  # fmt: skip
            if options.dry_run:
                return _dry_run(batch)
            return _grade(options, batch, pool or _cluster(options, chosen))
    except (NoAssignment, Busy, NoJail, RefusedJail) as error:
        print(error, file=sys.stderr)
        return 2


def _calibrate(argv: list[str]) -> int:
    made = argparse.ArgumentParser(
        prog="python -m nbverdict calibrate",
        description="Grade the model answer and the untouched release: where does each test run?",
    )
    made.add_argument("assignment", help="name of the assignment")
    made.add_argument("--root", type=Path, default=Path.cwd(), help="course folder")
    made.add_argument("--no-namespaces", action="store_true", help="use the weaker jail")
    options = made.parse_args(argv)
    os.environ["NBVERDICT_RUNNING"] = "1"
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    with lean_imports():
        from nbverdict.assignment.instructor import NoAssignment
        from nbverdict.coordinator import calibrate
        from nbverdict.course import course_directory
    course = course_directory(options.root)
    try:
        chosen = settings_of(config(options.root))
        chosen = replace(chosen, namespaces=not options.no_namespaces)
        found = calibrate.course_assignment(course, options.assignment, chosen)
    except (NoAssignment, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(calibrate.table(options.assignment, found))
    return 1 if any(row.remarkable for row in found.rows) else 0


class RefusedJail(RuntimeError):
    """The jail is weaker than the settings ask for."""


def _dry_run(batch: Batch) -> int:
    todo, done = batch.to_do()
    for student in todo:
        print(f"would grade {batch.name} of {ascii(student)[1:-1]}")
    print(f"{len(todo)} to grade, {len(done)} graded already")
    return 0


def _bar_goes_to(options: argparse.Namespace) -> TextIO | None:
    wanted = options.progress or (sys.stderr.isatty() and not options.quiet)
    return sys.stderr if wanted else None


def _cluster(options: argparse.Namespace, chosen: Settings) -> Cluster:
    from nbverdict.coordinator.cluster import Cluster

    return Cluster(options.scheduler, chosen)


def _grade(options: argparse.Namespace, batch: Batch, runner: Pool | Cluster) -> int:
    from nbverdict.coordinator import summary

    started = time.monotonic()
    runner.load(batch.assignment.libraries)
    level = runner.level
    if options.require_jail and level.name != "full":
        raise RefusedJail(f"isolation: {level}: refused, as asked for by --require-jail")
    print(f"isolation: {level}", file=sys.stderr)
    summary.log_line(batch, f"isolation: {level}")
    note = batch.assignment.calibration.note(batch.name)
    if note:
        print(note, file=sys.stderr)
    try:
        entries = batch.run(runner.run, runner.jobs, _bar_goes_to(options))
    finally:
        if options.scheduler:
            runner.close()
    return summary.finish(options, batch, entries, level, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
