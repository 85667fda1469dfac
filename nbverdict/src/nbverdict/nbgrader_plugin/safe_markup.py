"""Make the markup that students write harmless, in feedback pages and in formgrader."""

import html
import re
from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import (
    MISTUNE_V3,
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)
from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

from nbverdict.coordinator.grades import clean as without_control

_TAGS = (
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd "
    "li ol p pre q s samp small span strong sub summary sup table tbody td th thead tr u ul"
).split()
_SCHEMES = ("http", "https", "mailto")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")
LEFT_OUT = "#link-left-out"


class SafeMarkup(Preprocessor):
    """Escape the active parts of text cells: scripts, event handlers, frames, forms.

    The notebook itself stays as it was handed in; only the page is made from the result.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        """Clean one cell: what a terminal or a page would obey, and the markup of text."""
        cell.source = without_control(cell.source)
        if cell.cell_type in ("markdown", "raw"):
            cell.source = clean(cell.source)
        return cell, resources


def clean(source: str) -> str:
    r"""Return Markdown whose HTML cannot run anything.

    Examples
    --------
    >>> clean("**a** <script>alert(1)</script> <b onclick='x()'>c</b>")
    '**a** &lt;script&gt;alert(1)&lt;/script&gt; <b>c</b>'
    >>> clean("<a href='data:text/html,x'>a</a>")
    '<a>a</a>'
    """
    from bleach import clean as bleached

    protocols = {*_SCHEMES, "data", "attachment"}
    text = bleached(source, tags=set(_TAGS), attributes=_is_kept, protocols=protocols)
    # Quotes of Markdown, which are no markup; ampersands are decoded once more by the page.
    return text.replace("\n&gt;", "\n>")


def _is_kept(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute stays."""
    if tag == "a" and name == "href":
        return leads_to_a_page(value)
    if tag == "img" and name == "src":
        return _is_shown(value)
    return name == "title" or (tag == "img" and name in ("alt", "width", "height"))


def leads_to_a_page(url: str) -> bool:
    r"""Tell whether a link is a plain one: http, https, mailto, or a place near the page.

    Browsers decode entities, and ignore spaces and control characters.

    Examples
    --------
    >>> [leads_to_a_page(u) for u in ("https://a.b", "#a:b", "java&#115;cript:x", "d\tata:x")]
    [True, True, False, False]
    """
    url = re.sub(r"[\s\x00-\x20\x7f-\xa0]", "", html.unescape(html.unescape(url))).lower()
    scheme, colon, _ = url.partition(":")
    return not colon or scheme in _SCHEMES or any(mark in scheme for mark in "/?#")


def _is_shown(url: str) -> bool:
    """Tell whether a picture may come from there: a page, an attachment, or the link itself."""
    return leads_to_a_page(url) or url.startswith("attachment:") or bool(_PICTURE.match(url))


class _Renderer(IPythonRenderer):
    """Turn Markdown into HTML with links to pages only."""

    def link(self, *args, **kwargs) -> str:
        """Return a link; one to nothing if it could do more than lead to a page."""
        args, kwargs = _kept(args, kwargs, leads_to_a_page)
        return str(super().link(*args, **kwargs))

    def image(self, *args, **kwargs) -> str:
        """Return a picture; a note if it is an attachment that is not there."""
        args, kwargs = _kept(args, kwargs, _is_shown)
        try:
            return str(super().image(*args, **kwargs))
        except InvalidNotebook as error:
            return f"<em>[{html.escape(str(error))}]</em>"


def _kept(args: tuple, kwargs: dict, keep: Callable[[str], bool]) -> tuple[tuple, dict]:
    """Return the arguments, without an address that shall not be kept.

    Since version 3, mistune gives the address by name, before as the first argument.
    """
    if MISTUNE_V3:
        return args, kwargs if keep(kwargs["url"]) else kwargs | {"url": LEFT_OUT}
    return args if keep(args[0]) else (LEFT_OUT, *args[1:]), kwargs


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return the HTML of a text cell, as nbconvert makes it, but for harmful links.

    Parameters
    ----------
    context : Context
        What the page's template knows: the cell and its attachments.
    source : str
    """
    cell = context.get("cell") or {}
    renderer = _Renderer(escape=False, attachments=cell.get("attachments", {}))
    return str(MarkdownWithMath(renderer=renderer).render(source))
