"""A report as a reader sees it: where one stands, the diagnosis, the table."""

from collections.abc import Sequence
from html import escape

from course_lib._html import table
from course_lib.checking.rows import FAILED, PASSED, UNANSWERED, Row

_HEAD = ("", "check", "points", "expected", "came", "what to learn")
# Dark ink on a light ground, the same in a light and in a dark theme; contrast above 7 to 1.
_BADGES = {"solved": "#cfeedd", "passing": "#dcebfb", "not yet": "#fbe6bf", "": "#e4e8ec"}
_INK = "#16202a"
LEFT_OUT = (
    "What came is left out where hidden cases had run before: run the check in your own notebook "
    "to see it."
)


def unanswered(rows: Sequence[Row]) -> bool:
    """Tell whether the answer is still the placeholder: rows about what it left do not count."""
    return any(row.state == UNANSWERED for row in rows) and not any(row.ok for row in rows)


def standing(rows: Sequence[Row], points: float) -> tuple[str, str]:
    """Return (badge, sentence) that say where one stands.

    Parameters
    ----------
    rows : list of Row
    points : float
        Points of the problem; what the rows do not decide, hidden cases do.
    """
    seen = [row for row in rows if row.measured]
    rest = points - sum(row.points for row in rows)
    if unanswered(rows):
        return "", "Not answered yet."
    passed = sum(row.ok for row in seen)
    if passed < len(seen) or not seen:
        return "not yet", f"Not yet: {passed} of {len(seen)} checks pass."
    if rest > 0:
        more = f"hidden cases decide on {rest:g} more {'point' if rest == 1 else 'points'}"
        return "passing", f"All visible checks pass ({passed}); {more}."
    return "solved", "Solved: all checks pass."


def html(title: str, rows: Sequence[Row], points: float, score: str, notes: str) -> str:
    """Return a report as HTML that needs no style sheet."""
    badge, sentence = standing(rows, points)
    style = (
        f"background:{_BADGES[badge]};color:{_INK};padding:2px 8px;border-radius:4px;"
        "font-weight:600"
    )
    head = f'<p><span style="{style}">{escape(sentence)}</span></p>'
    if badge == "":
        return f"<p><b>{escape(title)}</b></p>{head}"
    told = f'<p style="max-width:46em">{escape(notes)}</p>' if notes else ""
    cells = [_cells(row) for row in rows]
    caption = f"{title}: {score} of {points:g} points{unseen(rows)}"
    return f"{head}{told}{table(_HEAD, cells, caption=caption, text=True)}"


def text(title: str, rows: Sequence[Row], points: float, score: str, notes: str) -> str:
    """Return a report as lines of text."""
    lines = [f"{title}: {score} of {points:g} points{unseen(rows)}", standing(rows, points)[1]]
    if unanswered(rows):
        return "\n".join(lines)
    lines += [notes] if notes else []
    for row in rows:
        told = row.message if row.state == FAILED else ""
        lines.append(f"  {row.state:16} {row.label}{': ' if told or row.got else ''}"
                     f"{told or row.got}")  # fmt: skip
    return "\n".join(lines)


def unseen(rows: Sequence[Row]) -> str:
    """Say which points are not decided by what was measured here."""
    lost = sum(row.points for row in rows if not row.measured)
    return f" ({lost:g} could not be measured here and follow the others)" if lost else ""


def _cells(row: Row) -> tuple[str, ...]:
    label = row.label + (" (hidden)" if row.hidden else "")
    told = "" if row.state in (PASSED, UNANSWERED) else row.message
    return row.state, label, f"{row.earned:g} / {row.points:g}", row.expected, row.got, told
