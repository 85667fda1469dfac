"""Outputs of a cell, cut to what is kept of them, before they go on to another process.

Their kinds and fields are nbformat's. What is of another kind is left out. Whether what they hold
may be shown is looked at where the autograded notebook is made.
"""

from collections.abc import Iterable
from typing import Any

from nbverdict.settings import Settings
from nbverdict.wire.fields import MAX_OUTPUTS

_PICTURES = ("image/png", "image/jpeg")
_LINES = 60  # of a traceback
Output = dict[str, Any]


class Room:
    """How many characters of each kind are still kept.

    Parameters
    ----------
    settings : Settings
    html : bool
        True to keep pages of HTML too: those of tests.
    """

    def __init__(self, settings: Settings, html: bool = False):
        self.text, self.errors = settings.output, settings.output
        self.pictures, self.html = settings.pictures, settings.pictures if html else 0

    def output(self, output: Output) -> Output | None:
        """Return an output as far as it fits; None if there is nothing in it."""
        kind = output.get("output_type")
        if kind == "stream":
            return {"output_type": kind, "name": _text(output, "name", 10),
                    "text": self._take_text(output.get("text"))}  # fmt: skip
        if kind == "error":
            return self._error(output)
        if kind in ("execute_result", "display_data"):
            given = output.get("data")
            data = self._data(given) if type(given) is dict else {}
            more = {"execution_count": None} if kind == "execute_result" else {}
            return {"output_type": kind, "data": data, "metadata": {}, **more} if data else None
        return None

    def _error(self, output: Output) -> Output:
        lines = output.get("traceback")
        kept = []
        for line in lines[:_LINES] if type(lines) is list else ():
            line = line[: min(4000, self.errors)] if type(line) is str else ""
            self.errors -= len(line)
            kept.append(line)
        name, value = _text(output, "ename", 200), _text(output, "evalue", 2000)
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": kept}

    def _data(self, given: dict[Any, Any]) -> dict[str, str]:
        data = {}
        for mime, value in given.items():
            if type(value) is not str:
                continue
            if mime == "text/plain":
                data[mime] = self._take_text(value)
            elif mime in _PICTURES and len(value) <= self.pictures:
                self.pictures -= len(value)
                data[mime] = value
            elif mime == "text/html" and len(value) <= self.html:
                self.html -= len(value)
                data[mime] = value
        return data

    def _take_text(self, value: Any) -> str:
        kept = value[: self.text] if type(value) is str else ""
        self.text -= len(kept)
        return kept


def _text(output: Output, name: str, most: int) -> str:
    value = output.get(name)
    return value[:most] if type(value) is str else ""


def trimmed(outputs: Any, settings: Settings, html: bool = False) -> tuple[Output, ...]:
    """Return the outputs of a cell as far as they are kept, at most `MAX_OUTPUTS`.

    Parameters
    ----------
    outputs : object
        What should be a sequence of dictionaries.
    settings : Settings
    html : bool
        True for a test's.
    """
    given = outputs[:MAX_OUTPUTS] if type(outputs) in (list, tuple) else ()
    room = Room(settings, html)
    made = [room.output(each) for each in given if type(each) is dict]
    return tuple(each for each in made if each is not None)


def size(outputs: Iterable[Output]) -> int:
    """Return how many characters and items outputs hold."""
    total, todo = 0, list[Any](outputs)
    while todo:
        value = todo.pop()
        total += 1
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, dict):
            todo += [*value, *value.values()]
        elif isinstance(value, list):
            todo += value
    return total
