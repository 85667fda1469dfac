"""Commit to a number before an experiment, and see afterwards how close it was.

>>> predict("pages of a 10 kB file", 3, unit="pages")
Your prediction for "pages of a 10 kB file": 3 pages.
>>> reveal("pages of a 10 kB file", 3)
pages of a 10 kB file: you said 3 pages, measured 3 pages. Exactly right.
"""

from dataclasses import dataclass, replace
from html import escape

from course_lib.units import format_count


@dataclass(frozen=True)
class Prediction:
    """One question, what the learner said, and what was measured.

    Attributes
    ----------
    question : str
        What was asked.
    said : float or None
        The prediction; ``None`` if the learner made none.
    measured : float or None
        The measurement; ``None`` before it, or where it is unknown.
    unit : str
        Unit of both.
    """

    question: str
    said: float | None
    measured: float | None = None
    unit: str = ""

    @property
    def ratio(self) -> float | None:
        """Prediction divided by measurement; ``None`` if one is missing or 0."""
        if not self.said or not self.measured:
            return None
        return self.said / self.measured

    def verdict(self) -> str:
        """Say in words how close the prediction was."""
        if self.said is None:
            return "No prediction."
        if self.measured is None:
            return "Not measured yet, or not measurable here."
        if self.said == self.measured:
            return "Exactly right."
        if self.ratio is None:
            return "Not right."
        factor = max(self.ratio, 1 / self.ratio)
        side = "too high" if self.ratio > 1 else "too low"
        return f"Within 10 %, {side}." if factor <= 1.1 else f"{factor:,.3g} times {side}."


@dataclass(frozen=True)
class Shown:
    """Text that a notebook shows; it never stops anybody."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # A box, so that it does not read like the author's prose.
        style = "border-left:4px solid #8888;padding:4px 10px;margin:4px 0"
        return f'<p style="{style}">{escape(self.text)}</p>'


_predictions: dict[str, Prediction] = {}


def predict(question: str, value: float | None = None, unit: str = "") -> Shown:
    """Record a prediction; the last one for a question counts.

    Parameters
    ----------
    question : str
        What is predicted; `reveal` finds the prediction by it.
    value : float, optional
        The predicted number. ``None``: no prediction, and the lesson goes on.
    unit : str
        Unit: ``"pages"``, ``"bytes"``, ``"s"``, ...

    Raises
    ------
    TypeError
        If `value` is neither a number nor ``None``.
    """
    if value is not None and (isinstance(value, bool) or not _is_number(value)):
        raise TypeError(f"a prediction is a number or None, got {value!r}")
    _predictions[question] = Prediction(question, value, unit=unit)
    if value is None:
        return Shown(f'No prediction for "{question}" yet. Put a number in, or just go on.')
    return Shown(f'Your prediction for "{question}": {format_count(value, unit)}.')


def reveal(question: str, measured: float | None, unit: str = "") -> Shown:
    """Show the prediction beside the measurement, and keep both.

    Parameters
    ----------
    question : str
        The question given to `predict`; an unknown one counts as "no prediction".
    measured : float or None
        The measurement; ``None`` where this machine cannot measure it.
    """
    known = _predictions.get(question, Prediction(question, None, unit=unit))
    known = replace(known, measured=measured, unit=known.unit or unit)
    _predictions[question] = known
    said = "you made no prediction" if known.said is None else f"you said {_say(known, known.said)}"
    verdict = f". {known.verdict()}" if known.said is not None else "."
    return Shown(f"{question}: {said}, measured {_say(known, measured)}{verdict}")


def _is_number(value) -> bool:
    import numbers

    return isinstance(value, numbers.Real)


def _say(prediction: Prediction, value: float | None) -> str:
    return format_count(value, prediction.unit)


def _record(prediction: Prediction) -> dict[str, str | float | None]:
    number = prediction.measured
    return {
        "question": prediction.question,
        "unit": prediction.unit,
        "measured": None if number is None else float(number),
        "text": _say(prediction, number),
    }


def predictions() -> tuple[Prediction, ...]:
    """Return every prediction of this notebook, in the order of the questions."""
    return tuple(_predictions.values())


def forget() -> None:
    """Drop all predictions."""
    _predictions.clear()


RECORDS = "application/vnd.bigger-than-memory.predictions+json"
"""What the website reads from an executed lesson; a notebook shows the table beside it."""


@dataclass(frozen=True)
class Scoreboard:
    """All predictions of a lesson, as a table and, where there are any, a picture."""

    rows: tuple[Prediction, ...]

    def __repr__(self) -> str:
        return "\n".join(
            f"{p.question}: said {_say(p, p.said)}, measured {_say(p, p.measured)}. {p.verdict()}"
            for p in self.rows
        )

    def _repr_html_(self) -> str:
        from course_lib._html import table

        said = ["-" if p.said is None else _say(p, p.said) for p in self.rows]
        rows = [
            (p.question, text, _say(p, p.measured), p.verdict())
            for p, text in zip(self.rows, said, strict=True)
        ]
        head = ("question", "you said", "measured", "")
        return table(head, rows, caption="Your predictions") + self._picture()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, list]:
        return {RECORDS: [_record(p) for p in self.rows]}

    def _picture(self) -> str:
        if not any(p.ratio for p in self.rows):
            return "<p>No prediction to draw yet.</p>"
        from course_lib import plotting

        return plotting.to_html(plotting.predictions(self.rows))


def my_predictions() -> Scoreboard:
    """Show how the predictions of this lesson did."""
    return Scoreboard(predictions())
