"""What the grader needs to have calls measured: `nbgrader_config.py` names this module.

Light to import: the grader's coordinator asks for `calls` only.
"""

from collections.abc import Callable

calls = ("run",)
"""Methods of a report that measure: ``report.run(function, ...)``."""

modules = (
    "course_lib.system.instruments",
    "course_lib.checking.diagnosis",
    "course_lib.checking.leftovers",
    "course_lib.checking.local_call",
)
"""What the functions below import: once for a class, and not in each submission."""


def environment(work: str) -> dict[str, str]:
    """Return the variables of both sides: where data goes, which instruments are off."""
    import os

    from course_lib.checking import local_call  # noqa: F401  (both sides: no call pays for it)
    from course_lib.system.instruments import OFF_SWITCH

    kept = {OFF_SWITCH: os.environ[OFF_SWITCH]} if OFF_SWITCH in os.environ else {}
    return {"COURSE_WORKDIR": work, **kept}


def self_test(scratch: str) -> dict[str, list]:
    """Return ``{instrument: [works, why not]}``, tested on files below `scratch`."""
    from course_lib.checking import leftovers
    from course_lib.system import instruments

    tests = [instruments.available(name, scratch) for name in instruments.NAMES]
    left = {unit: [not why, why] for unit, why in leftovers.self_test().items()}
    return {test.name: [test.works, test.why] for test in tests} | left


def believe(found: dict[str, list]) -> None:
    """Take over the self-tests of the trial run.

    Each verdict process would repeat them, and could not: it may not read its own /proc.
    """
    from course_lib.checking import leftovers
    from course_lib.system import instruments

    left = {name: why for name, (_, why) in found.items() if name in leftovers.UNITS}
    leftovers.believe(left)
    instruments.preset({name: instruments.Availability(name, *answer)
                        for name, answer in found.items() if name not in left})  # fmt: skip


def keep(secrets: dict[str, bytes]) -> None:
    """Keep the table of all rows: only the trusted side ever gets it."""
    from course_lib.checking import diagnosis

    if diagnosis.FULL_FILE in secrets:
        diagnosis.trust(secrets[diagnosis.FULL_FILE].decode())


def settle() -> None:
    """Free what earlier calls left in the student's process."""
    from course_lib.checking import local_call

    local_call.settle()


def call(function: Callable, args: tuple, kwargs: dict, options: dict):
    """Call a function in the student's process; return a `local_call.Called`.

    Parameters
    ----------
    options : dict
        ``take``, ``random_maps`` and ``trace``, as `outcome.run` gives them.
    """
    from course_lib.checking import local_call

    if not options["trace"]:
        return local_call.call(function, args, kwargs, options["take"], options["random_maps"])
    from course_lib.checking import portable  # most machines never need it

    with portable.traced(**options["trace"]) as trace:
        called = local_call.call(function, args, kwargs, options["take"], options["random_maps"])
    return local_call.with_told(called, trace.told())
