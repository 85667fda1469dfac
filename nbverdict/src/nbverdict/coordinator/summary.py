"""What a batch says at its end: the numbers, the submissions to look at, the exit status."""

import argparse
import sys
import time
from pathlib import Path

from nbverdict.coordinator.batch import Batch, Entry
from nbverdict.coordinator.grades import one_line
from nbverdict.jail.place import Level

_SHOWN = 40


def log_line(batch: Batch, text: str) -> None:
    """Add a line to the log beside the gradebook."""
    path = Path(batch.coursedir.root) / "grading.log"
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{when} UTC {batch.name}: {one_line(text)}\n")
    except OSError as error:
        print(f"the log cannot be written: {error}", file=sys.stderr)


def finish(
    options: argparse.Namespace, batch: Batch, entries: list[Entry], level: Level, seconds: float
) -> int:
    """Write reports, print the summary, return the exit status.

    Parameters
    ----------
    options : argparse.Namespace
        ``report``, ``feedback``, ``jobs`` and ``strict`` of the command line.
    batch : Batch
    entries : list of Entry
        What has become of each submission.
    level : Level
        The jail that they ran in.
    seconds : float
        How long it took.
    """
    from nbverdict.coordinator import class_report

    text = describe(entries, seconds)
    print(text)
    log_line(batch, text.split("\n")[0])
    for entry in entries:
        for note in entry.notes:
            log_line(batch, f"{ascii(entry.student)[1:-1]}: {note}")
    if any(entry.status == "graded" for entry in entries) or options.report:
        path = options.report or Path(batch.coursedir.root) / "reports" / f"{batch.name}.html"
        try:
            class_report.write(path, batch, level)
            print(f"report: {path}")
        except OSError as error:
            print(f"the report cannot be written: {error}", file=sys.stderr)
    if options.feedback:
        from nbverdict.coordinator import feedback_pages

        graded = [entry.student for entry in entries if entry.status == "graded"]
        feedback_pages.generate(batch, graded, options.jobs)
    return status(entries, options.strict)


def status(entries: list[Entry], strict: bool) -> int:
    """Return the exit status of a batch."""
    if any(entry.status == "failed" for entry in entries):
        return 1
    return 3 if strict and any(entry.broken or entry.notes for entry in entries) else 0


def describe(entries: list[Entry], seconds: float) -> str:
    """Return the summary: one line of numbers, then a line for each that needs a look."""
    count = dict.fromkeys(("graded", "skipped", "failed"), 0)
    for entry in entries:
        count[entry.status] += 1
    graded = [entry for entry in entries if entry.status == "graded"]
    odd = [entry for entry in entries if entry.notes]
    text = [f"{count['graded']} graded in {seconds:.1f} s"]
    if graded:
        mean = sum(entry.score for entry in graded) / len(graded)
        text[0] += f" (mean {mean:.2f} of {graded[0].points:g} points)"
    text[0] += f", {count['skipped']} graded before, {count['failed']} not graded"
    text[0] += f", {len(odd)} to look at"
    for entry in odd[:_SHOWN]:
        more = f" (and {len(entry.notes) - 1} more)" if len(entry.notes) > 1 else ""
        text.append(f"  {ascii(entry.student)[1:-1]}: {entry.notes[0][:160]}{more}")
    if len(odd) > _SHOWN:
        text.append(f"  ... and {len(odd) - _SHOWN} more; the report has them all")
    return "\n".join(text)
