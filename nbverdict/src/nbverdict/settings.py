"""The grader's settings: limits of a submission, and how strong the jail must be."""

from dataclasses import asdict, dataclass
from typing import Any

MiB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Limits for one submission.

    Attributes
    ----------
    cell_timeout : float
        Seconds for one cell, student's or test.
    submission_timeout : float
        Seconds for all cells of a submission.
    memory : int
        Bytes of private memory of one process, and of all processes together.
    address_space : int
        Bytes of address space of one process. Larger: memory maps count here.
    disk : int
        Bytes of files of a submission.
    file_size : int
        Bytes of one file.
    shared_memory : int
        Bytes of /dev/shm, and again of /tmp and HOME.
    processes, descriptors : int
        Processes of a submission, open files of each.
    output : int
        Characters of output kept of one cell, and of what one call prints.
    pictures : int
        Characters of pictures (base64) kept of one cell.
    kept : int
        Characters of outputs kept of all cells of a submission together.
    message : int
        Bytes of one message from the student's process.
    measuring : str
        Module that measures calls for the course; see `nbverdict.measuring`.
    packages : tuple of str
        Packages of the course that submissions may import, beside what is installed.
    require_jail : bool
        True to refuse to grade where the jail is weaker than "full".
    namespaces : bool
        False to do without namespaces, as on a machine that refuses them.
    """

    cell_timeout: float = 30.0
    submission_timeout: float = 300.0
    memory: int = 2048 * MiB
    address_space: int = 16384 * MiB
    disk: int = 2048 * MiB
    file_size: int = 1024 * MiB
    shared_memory: int = 256 * MiB
    processes: int = 64
    descriptors: int = 512
    output: int = 100_000
    pictures: int = 4_000_000
    kept: int = 64 * MiB
    message: int = 256 * MiB
    measuring: str = ""
    packages: tuple[str, ...] = ()
    require_jail: bool = False
    namespaces: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        return asdict(self) | {"packages": list(self.packages)}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> "Settings":
        """Read what `to_json` gave; an unknown name raises TypeError."""
        return cls(**form | {"packages": tuple(form["packages"])})
