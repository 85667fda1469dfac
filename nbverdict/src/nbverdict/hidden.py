"""Find the hidden regions of a test cell."""

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
