"""Leave out what nbgrader imports for its web pages: the command needs none of it.

``import nbgrader`` loads its four server extensions and with them the web server; and
`jsonschema` builds the grammar of internationalised addresses, which no notebook holds.
Together that is two thirds of the time before the first submission. Only the command asks
for this, and only around its own imports.
"""

import contextlib
import gc
import sys
import types
from collections.abc import Iterator
from typing import Any

from nbverdict.nbgrader_inside import SERVER_EXTENSIONS

_GRAMMAR = "rfc3987_syntax"


@contextlib.contextmanager
def lean_imports() -> Iterator[None]:
    """Import without nbgrader's web pages; afterwards they can be imported as ever."""
    # None in sys.modules is "not installed"; jsonschema goes without.
    stand_ins: dict[str, Any] = {name: _empty(name) for name in SERVER_EXTENSIONS}
    stand_ins[_GRAMMAR] = None
    added = {name: made for name, made in stand_ins.items() if name not in sys.modules}
    sys.modules.update(added)
    gc.disable()  # nothing of a module is garbage
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
        for name, made in added.items():
            if sys.modules.get(name) is made:
                del sys.modules[name]


def _empty(name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module)["load_jupyter_server_extension"] = None
    return module
