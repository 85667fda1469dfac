"""Make the markup that students write harmless, in feedback pages and in formgrader."""

from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

_TAGS = (
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd "
    "li ol p pre q s samp small span strong sub summary sup table tbody td th thead tr u ul"
).split()
_ATTRIBUTES = {"*": ["title"], "a": ["href"], "img": ["src", "alt", "width", "height"]}


class SafeMarkup(Preprocessor):
    """Escape the active parts of text cells: scripts, event handlers, frames, forms.

    The notebook itself stays as it was handed in; only the page is made from the result.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        """Clean one text cell."""
        if cell.cell_type in ("markdown", "raw"):
            cell.source = clean(cell.source)
        return cell, resources


def clean(source: str) -> str:
    r"""Return Markdown whose HTML cannot run anything.

    Examples
    --------
    >>> clean("**a** <script>alert(1)</script> <b onclick='x()'>c</b>")
    '**a** &lt;script&gt;alert(1)&lt;/script&gt; <b>c</b>'
    """
    from bleach import clean as bleached

    text = bleached(source, tags=set(_TAGS), attributes=_ATTRIBUTES, protocols=_PROTOCOLS)
    # Quotes of Markdown, which are no markup; ampersands are decoded once more by the page.
    return text.replace("\n&gt;", "\n>")


_PROTOCOLS = {"http", "https", "mailto", "data", "attachment"}
