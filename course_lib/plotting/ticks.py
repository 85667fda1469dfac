"""Few, short tick labels in the unit of the axis."""

import math

from course_lib.units import GiB, KiB, MiB, format_seconds


def unit_axis(axis, unit, log=False):
    """Place and write the ticks of an axis whose data and limits are set.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
    unit : str
        ``"bytes"`` gives binary steps, ``"s"`` durations, anything else plain numbers.
    log : bool
        The axis is logarithmic.
    """
    from matplotlib.ticker import (
        FuncFormatter,
        LogLocator,
        MaxNLocator,
        MultipleLocator,
        NullFormatter,
        NullLocator,
    )

    low, high = axis.get_view_interval()
    if log:
        axis.set_major_locator(LogLocator(base=log_base(low, high, unit), numticks=20))
        axis.set_minor_locator(NullLocator())
    elif unit == "bytes":
        axis.set_major_locator(MultipleLocator(binary_step(high - low)))
    else:
        axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value, unit)))
    axis.set_minor_formatter(NullFormatter())


def binary_step(span):
    """Return the power of two that cuts ``span`` into four to seven steps.

    Examples
    --------
    >>> binary_step(4096), binary_step(5000)
    (1024, 1024)
    """
    return 2 ** max(0, math.floor(math.log2(max(span, 1) / 4)))


def log_base(low, high, unit):
    """Return the base that gives at most about eight ticks between ``low`` and ``high``."""
    step = 2 if unit == "bytes" else 10
    steps = max(1, math.log(high / low, step)) if low > 0 else 1
    for power in (1, 2, 5, 10, 20) if unit == "bytes" else (1, 2, 3, 4):
        if steps / power <= 8:
            return step**power
    return step**power


def short(value, unit):
    """Write a tick: ``1 KiB`` rather than ``1.0 KiB``, ``100,000`` rather than ``1e5``.

    Examples
    --------
    >>> short(1024, "bytes"), short(0.02, "s"), short(100000, "pages")
    ('1 KiB', '20 ms', '100,000')
    >>> short(1.5, "s"), short(10_000_000, "elements"), short(1280 * 1024, "bytes")
    ('1.5 s', '10M', '1.25 MiB')
    """
    if unit == "bytes":
        return _short_bytes(value)
    if unit == "s":
        return "0" if value == 0 else _without_zeros(format_seconds(value))
    if abs(value) >= 1e6:
        return f"{value / 1e6:,g}M"
    return f"{value:,g}"


def _short_bytes(value):
    # Two decimals: half and quarter steps are common, and a rounded tick would be a wrong one.
    for size, unit in ((GiB, "GiB"), (MiB, "MiB"), (KiB, "KiB")):
        if abs(value) >= size:
            return f"{round(value / size, 2):,.10g} {unit}"
    return f"{value:,.0f} B"


def _without_zeros(text):
    number, unit = text.split(" ")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"
