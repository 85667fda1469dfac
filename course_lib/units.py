"""Turn bytes, seconds and counts into text; the only place where units are formatted."""

KiB = 1024
MiB = 1024 * KiB
GiB = 1024 * MiB

UNKNOWN = "unknown"


def format_bytes(n: float | None) -> str:
    """Write a number of bytes with a binary unit.

    Parameters
    ----------
    n : float or None
        Bytes; ``None`` stands for a figure that could not be measured.

    Examples
    --------
    >>> format_bytes(4096), format_bytes(1_500_000), format_bytes(12), format_bytes(None)
    ('4.0 KiB', '1.4 MiB', '12 B', 'unknown')
    """
    if n is None:
        return UNKNOWN
    for size, unit in ((GiB, "GiB"), (MiB, "MiB"), (KiB, "KiB")):
        if abs(n) >= size:
            return f"{n / size:,.1f} {unit}"
    return f"{n:,.0f} B"


def format_seconds(s: float | None) -> str:
    """Write a duration with the unit that keeps it readable.

    Examples
    --------
    >>> format_seconds(0.0000031), format_seconds(0.0129), format_seconds(4.3)
    ('3.1 us', '12.9 ms', '4.30 s')
    """
    if s is None:
        return UNKNOWN
    if abs(s) >= 1:
        return f"{s:.2f} s"
    if abs(s) >= 1e-3:
        return f"{s * 1e3:.1f} ms"
    return f"{s * 1e6:.1f} us"


def format_count(n: float | None, unit: str = "") -> str:
    """Write a count with thousands separators and its unit.

    Examples
    --------
    >>> format_count(65536, "pages"), format_count(1, "processes"), format_count(None, "pages")
    ('65,536 pages', '1 process', 'unknown')
    """
    if n is None:
        return UNKNOWN
    if unit == "bytes":
        return format_bytes(n)
    if unit == "s":
        return format_seconds(n)
    word = unit
    if n == 1 and unit.endswith("s"):
        word = unit.removesuffix("es") if unit.endswith("sses") else unit[:-1]
    return f"{n:,.6g} {word}".strip() if isinstance(n, float) else f"{n:,} {word}".strip()
