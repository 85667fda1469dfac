"""Where a submission runs and how strong its jail is: plain data, no system call."""

import importlib.util
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbverdict.settings import Settings

FULL, PROCESS_ONLY = "full", "process only"
HOME = "/home/student"
# One user for each submission, far above those of people: limits count by user, and what one
# submission has left cannot use up those of the next.
FIRST_UID, UIDS = 0x7000_0000, 0x1000_0000
ENDED, STUCK = b"e", b"s"  # what the fork server says of the processes of a submission


@dataclass(frozen=True)
class Place:
    """Where one submission runs.

    Attributes
    ----------
    files : str
        Its directory: the only place on disk that it can write, and that both sides see.
    extra_files : str
        Directory with the instructor's files, read-only; empty if there are none.
    uid : int
        User that it runs as; 0 to stay the present one.
    shared_memory : int
        Bytes of each of its private memory file systems.
    """

    files: str
    extra_files: str = ""
    uid: int = 0
    shared_memory: int = 256 << 20

    @property
    def cwd(self) -> str:
        """Directory that the notebook runs in."""
        return os.path.join(self.files, "cwd")

    @property
    def scratch(self) -> str:
        """Directory for temporary files, on disk."""
        return os.path.join(self.files, "tmp")

    @property
    def packages(self) -> str:
        """Directory with links to the course's packages: one that may be listed.

        Python finds a package in the list of the directory that holds it. Landlock opens the
        package alone.
        """
        return os.path.join(os.path.dirname(self.files), "packages")

    def to_json(self) -> dict[str, Any]:
        """Return the place as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> "Place":
        """Read what `to_json` gave; an unknown name raises TypeError."""
        return cls(**form)


@dataclass(frozen=True)
class Level:
    """How strong the jail is here.

    Attributes
    ----------
    name : str
        "full" or "process only".
    why : str
        Why it is not full; empty if it is.
    extras : tuple of str
        What else guards: "seccomp", "landlock 7", "own user".
    """

    name: str
    why: str = ""
    extras: tuple[str, ...] = ()

    def __str__(self) -> str:
        extras = f" with {', '.join(self.extras)}" if self.extras else ""
        return f"{self.name}{extras}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True)
class Request:
    """What the coordinator asks the fork server for: a verdict process.

    Attributes
    ----------
    place : Place
    settings : Settings
    level_name : str
        The jail to make, "full" or "process only".
    measured : dict
        What `Measuring.self_test` found at the trial.
    environment : dict of str to str
        What `Measuring.environment` gave: variables for both sides.
    trial : bool
        True to try the jail, and judge nothing.
    """

    place: Place
    settings: Settings
    level_name: str
    measured: dict[str, Any]
    environment: dict[str, str]
    trial: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the request as plain data."""
        plain = {"place": self.place.to_json(), "settings": self.settings.to_json()}
        return vars(self) | plain

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> "Request":
        """Read what `to_json` gave; an unknown name raises TypeError."""
        place, settings = Place.from_json(form["place"]), Settings.from_json(form["settings"])
        return cls(**form | {"place": place, "settings": settings})


@dataclass(frozen=True)
class Trial:
    """How the trial of a jail went.

    Attributes
    ----------
    works : bool
    why : str
        Why it does not work.
    extras : tuple of str
        What guards besides the namespaces.
    measured : dict
        What `Measuring.self_test` found.
    """

    works: bool
    why: str = ""
    extras: tuple[str, ...] = ()
    measured: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"extras": list(self.extras)}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> "Trial":
        """Read what `to_json` gave; an unknown name raises TypeError."""
        return cls(**form | {"extras": tuple(form["extras"])})


def package_directory(name: str) -> Path:
    """Return the directory of an importable package.

    Raises
    ------
    ValueError
        If there is no such package.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"c.NbVerdict.packages: no package {name!r} can be imported here")
    return Path(next(iter(spec.submodule_search_locations))).resolve()
