"""Find the hidden regions of a test cell, and take them out."""

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def hidden_lines(source: str) -> set[int]:
    """Return the numbers (from 1) of the lines in hidden regions, their markers included."""
    found, inside = set(), False
    for number, line in enumerate(source.split("\n"), 1):
        inside = inside or BEGIN_HIDDEN in line
        if inside:
            found.add(number)
        if END_HIDDEN in line:
            inside = False
    return found


def split_hidden(source: str, note: str = "") -> tuple[str, list[str]]:
    r"""Return a cell's source without its hidden regions, and the hidden lines.

    Parameters
    ----------
    source : str
    note : str
        What stands in the place of each region; empty for nothing.

    Examples
    --------
    >>> split_hidden("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc", "# hidden")
    ('a\n# hidden\nc', ['b'])
    """
    numbers, kept, hidden = hidden_lines(source), [], []
    for number, line in enumerate(source.split("\n"), 1):
        if number not in numbers:
            kept.append(line)
        elif BEGIN_HIDDEN in line:
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + note] if note else []
        elif END_HIDDEN not in line:
            hidden.append(line)
    return "\n".join(kept), hidden
