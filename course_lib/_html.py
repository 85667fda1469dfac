"""Build the small HTML tables that results show in a notebook."""

from collections.abc import Iterable
from html import escape


def table(
    head: Iterable[str], rows: Iterable[Iterable[object]], caption: str = "", text: bool = False
) -> str:
    """Return an HTML table; every cell is escaped, so no text can become markup.

    Parameters
    ----------
    head : iterable of str
        Column titles; empty for a table without a head.
    rows : iterable of iterables
        Cells; the first of each row is its title.
    caption : str
        Text above the table.
    text : bool
        True for cells of words: notebooks align cells to the right, which suits numbers.

    Examples
    --------
    >>> table(("a",), [("<b>",)])
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><th scope="row">&lt;b&gt;</th></tr></tbody></table>'
    """  # noqa: E501
    style = ' style="text-align:left"' if text else ""
    titles = "".join(f'<th scope="col"{style}>{escape(str(cell))}</th>' for cell in head)
    top = f"<thead><tr>{titles}</tr></thead>" if titles else ""
    note = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(_row(row, style) for row in rows)
    return f"<table>{note}{top}<tbody>{body}</tbody></table>"


def _row(cells: Iterable[object], style: str) -> str:
    first, *rest = (escape(str(cell)) for cell in cells)
    tail = "".join(f"<td{style}>{cell}</td>" for cell in rest)
    return f'<tr><th scope="row"{style}>{first}</th>{tail}</tr>'
