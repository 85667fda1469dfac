"""The namespace of the test cells: the instructor's names here, the student's over there.

Who owns a name is decided by the instructor's notebook alone: the last cell that binds it
before the test. Bound by a test or a locked cell, it is the instructor's, and whatever the
student calls by that name is not asked for. Bound by an import, it is imported here. Bound
by an answer cell, or by no cell, it is the student's. For functions of unlocked cells see
`given_functions`.
"""

import builtins

from nbverdict.ipython_syntax import Magics, to_python
from nbverdict.steps import Owners
from nbverdict.verdict import imports
from nbverdict.verdict.border import Border
from nbverdict.verdict.mirror import WATCH, Mirror
from nbverdict.verdict.proxies import Remote


class TestNamespace(dict):
    """Globals of the test cells.

    Parameters
    ----------
    border : Border
    """

    __test__ = False  # a word of the grader's, no test of pytest's

    def __init__(self, border: Border):
        super().__init__(__name__="__main__", __builtins__=builtins, get_ipython=Magics)
        self._border = border
        self.mirror = Mirror(border, self)
        dict.__setitem__(self, WATCH, self.mirror.watch)
        border.before_call, border.local = self.mirror.sync, self._locked_class
        self._imported: dict[str, str] = {}
        self._remade: dict[str, str] = {}
        self._locked: dict[str, str] = {}
        self._stars: list[str] = []
        self._theirs: set[str] = set()
        self._running: set[str] = set()

    def prepare(self, owners: Owners) -> None:
        """Forget what the student owns and set the owners of names for one test cell."""
        for name in [*self._theirs, *owners.student]:
            self.pop(name, None)
        self._theirs = set(owners.student)
        self._imported, self.mirror.shared = owners.imported, owners.shared
        self._remade, self._locked = owners.remade, owners.locked
        imports.add_folders(owners.folders)
        self._stars = list(owners.stars)
        for name in owners.eager:
            if not dict.__contains__(self, name):
                try:
                    self[name]
                except KeyError:
                    pass
        for name in owners.overrides:
            try:
                dict.__setitem__(self, name, self._ask(name))
                self._theirs.add(name)
            except KeyError:
                pass

    def __missing__(self, name: str):
        if name in self._remade:
            exec(self._remade[name], self)
            return dict.__getitem__(self, name)
        if name in self._locked and name not in self._running:
            return self._from_locked(name)
        if self._stars:
            self._import_stars()
            if dict.__contains__(self, name):
                return dict.__getitem__(self, name)
        if hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        value = self._ask(name)
        self._theirs.add(name)
        dict.__setitem__(self, name, value)
        return value

    def _ask(self, name: str):
        """Return what the student calls `name`; see `Border.imported` for an import of theirs."""
        statement = self._imported.get(name)
        if statement is None:
            return self._border.name(name)
        found: dict = {}
        try:
            exec(statement, found)
        except Exception:  # then the student's cannot be the same
            found = {}
        return self._border.imported(name, found.get(name))

    # What `dir()`, `globals()` and `locals()` in a test show

    def keys(self):
        """Return the names that the notebook would have: those here, and the student's."""
        return dict.fromkeys([*self._here(), *self._border.names()]).keys()

    def _here(self) -> list[str]:
        ours = (*self._remade, *self._locked)
        return [name for name in (*dict.keys(self), *ours) if not name.startswith("__nbverdict")]

    def __iter__(self):
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._here() or name in self._border.names()

    def get(self, name: str, default=None):
        """Return what a name means, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def __delitem__(self, name: str) -> None:
        """Delete a name; one of the student's is deleted over there, too."""
        if name in self._theirs:
            if not dict.__contains__(self, name):
                self[name]  # NameError in the test, if the student has none
            self._border.unbind(name)
        super().__delitem__(name)

    def __setitem__(self, name: str, value) -> None:
        """Set a name; one of the student's gets an object of theirs back over there, too.

        Nothing else is sent: a value of the test's own may be what a hidden test expects.
        """
        if name in self._theirs and isinstance(value, Remote):
            self._border.bind(name, value)
        super().__setitem__(name, value)

    def _import_stars(self) -> None:
        """Run ``from module import *``; names that have an owner already keep it."""
        statements, self._stars = self._stars, []
        for statement in statements:
            found: dict = {}
            try:
                exec(statement, found)
            except Exception:  # then its names are asked for over the border
                continue
            for name, value in found.items():
                if name != "__builtins__" and name not in self._theirs:
                    self.setdefault(name, value)

    def _locked_class(self, name: str) -> type | None:
        """Return the class that a locked cell defines under a name."""
        if name not in self._locked:
            return None
        found = self[name]
        return found if isinstance(found, type) else None

    def _from_locked(self, name: str):
        """Run the instructor's locked cell here, so that its helpers are the instructor's."""
        source = self._locked[name]
        names = [n for n, text in self._locked.items() if text == source]
        self._running.update(names)
        try:
            dict.__setitem__(self, "get_ipython", lambda: Magics(strict=False))
            exec(compile(to_python(source), "<given code>", "exec"), self)
        finally:
            dict.__setitem__(self, "get_ipython", Magics)
            self._running.difference_update(names)
            for theirs in self._theirs:
                self.pop(theirs, None)
        return dict.__getitem__(self, name)
