"""One row of a report: what was checked, what came, and what that says."""

from dataclasses import dataclass

from course_lib.checking.diagnosis import UNKNOWN

PASSED, FAILED = "passed", "not yet"
UNMEASURED, WAITING, UNANSWERED = "not measured", "not checked yet", "not answered yet"


@dataclass(frozen=True)
class Row:
    """One check of a report.

    Attributes
    ----------
    label : str
        The case: ``"a slice inside one page"``.
    ok : bool
        True if it passed.
    points : float
        What it is worth.
    expected, got : str
        Short texts; empty in hidden rows.
    message : str
        What to learn from the mistake.
    hidden : bool
        True for a case whose values stay secret.
    measured : bool
        False if this machine could not measure it; its points then do not count.
    answered : bool
        False if the answer is still the placeholder.
    waits : bool
        True if a row before it must pass first: it says nothing yet.
    public : str or None
        The message without what came; None if nothing of it is in the message.
    behaviour : str
        What came, as `diagnosis` compares it.
    """

    label: str
    ok: bool
    points: float
    expected: str = ""
    got: str = ""
    message: str = ""
    hidden: bool = False
    measured: bool = True
    answered: bool = True
    waits: bool = False
    public: str | None = None
    behaviour: str = UNKNOWN

    @property
    def earned(self) -> float:
        """Points that the row brings."""
        return self.points if self.ok and self.measured else 0.0

    @property
    def state(self) -> str:
        """How it went, in words."""
        if not self.answered:
            return UNANSWERED
        if self.waits:
            return WAITING
        if not self.measured:
            return UNMEASURED
        return PASSED if self.ok else FAILED
