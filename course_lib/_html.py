"""Build the small HTML tables that results show in a notebook.

How they look stands in their own markup, so that they read well on every page: JupyterLab light
and dark, nbgrader's feedback and formgrader, the website, paper. Text has the colour of the page.
"""

from collections.abc import Iterable
from html import escape

_TABLE = "border-collapse:collapse;table-layout:auto;margin:0.5em 0"
_CELL = "padding:0.3em 0.7em;border:1px solid rgba(128,128,128,0.5);vertical-align:top"
_CAPTION = "caption-side:top;padding:0.3em 0;text-align:left;color:inherit"
_TONES = {  # (text, background): at least 7 to 1, on any page
    "good": ("#0a4a1c", "#c9f2d3"),
    "bad": ("#6b1a00", "#ffe0cc"),
    "open": ("#0b3a75", "#d6e8ff"),
    "neutral": ("#33383d", "#e4e7ea"),
}


class Markup(str):
    """Text that is markup already, and is not escaped again."""


def badge(text: str, tone: str) -> Markup:
    """Return a few words on a coloured ground: colour helps, and the words say it.

    Parameters
    ----------
    text : str
        The words; they are escaped.
    tone : str
        ``"good"``, ``"bad"``, ``"open"`` or ``"neutral"``.
    """
    colour, ground = _TONES[tone]
    style = (
        f"color:{colour};background-color:{ground};padding:0.1em 0.5em;border-radius:0.4em;"
        "font-weight:bold"
    )
    return Markup(f'<span style="{style}">{escape(text)}</span>')


def lines(*texts: str) -> Markup:
    """Return texts one below the other; they are escaped unless they are `Markup`."""
    return Markup("<br>".join(_cell(text) for text in texts if text))


def table(
    head: Iterable[str], rows: Iterable[Iterable[object]], caption: str = "", text: bool = False
) -> str:
    """Return an HTML table; every cell is escaped, so no text can become markup.

    Parameters
    ----------
    head : iterable of str
        Column titles; empty for a table without a head.
    rows : iterable of iterables
        Cells; the first of each row is its title. `Markup` stays as it is.
    caption : str
        Text above the table.
    text : bool
        True for cells of words, which begin at the left; numbers end at the right.

    Examples
    --------
    >>> table(("a",), [("<b>",)])
    '<table style="..."><thead><tr><th scope="col" style="...">a</th></tr></thead><tbody><tr><th scope="row" style="...">&lt;b&gt;</th></tr></tbody></table>'
    """  # noqa: E501
    style = f' style="{_CELL};text-align:{"left" if text else "right"}"'
    titles = "".join(f'<th scope="col"{style}>{_cell(cell)}</th>' for cell in head)
    top = f"<thead><tr>{titles}</tr></thead>" if titles else ""
    note = f'<caption style="{_CAPTION}">{_cell(caption)}</caption>' if caption else ""
    body = "".join(_row(row, style) for row in rows)
    return f'<table style="{_TABLE}">{note}{top}<tbody>{body}</tbody></table>'


def _cell(cell: object) -> str:
    return cell if isinstance(cell, Markup) else escape(str(cell))


def _row(cells: Iterable[object], style: str) -> str:
    first, *rest = map(_cell, cells)
    tail = "".join(f"<td{style}>{cell}</td>" for cell in rest)
    return f'<tr><th scope="row"{style}>{first}</th>{tail}</tr>'
