"""A stand-in for the pod that Binder gives a learner, as far as this machine lets us build it.

An ordinary user, 2 GiB of memory, a /dev/shm of 64 MiB, an overlay as root, no network but
loopback, and no way to more privileges. `build` says which of these are real.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

MiB = 2**20
MEMORY = 2048 * MiB
SHM = 64 * MiB
NOBODY = "65534"
CGROUPS = Path("/sys/fs/cgroup/memory")

# The mount lives in a mount namespace of its own: it is gone when the command ends.
ENTER = """
set -e
[ -z "$1" ] || echo $$ > "$1/cgroup.procs"
mount -t overlay course -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" "$2/root"
shift 2
exec "$@"
"""
CHECK = (
    "import os, subprocess, sys; assert os.statvfs('/dev/shm').f_blocks * 4096 <= 2**26;"
    "assert os.geteuid(); subprocess.run([sys.executable, '-c', ''], check=True)"
)


@dataclass(frozen=True)
class Pod:
    """How to start a command in the pod."""

    start: list[str]
    """What stands before the command; empty where nothing can be simulated."""
    environment: dict[str, str]
    real: str
    """In words: what of the pod is there."""

    def run(self, *command, **options):
        """Run a command in the pod and return it with its output."""
        return subprocess.run(
            [*self.start, *command],
            env=self.environment,
            capture_output=True,
            text=True,
            cwd="/",
            **options,
        )


@contextmanager
def build(plain=False):
    """Build the strongest pod that works here; leave nothing of it.

    A plain one stands on the disk of this machine, with a memory limit for each process only.
    """
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(dir="/var/tmp", prefix="pod-")
        stack.callback(shutil.rmtree, folder)
        home = Path(folder, "home")
        for place in (Path(folder), home):
            place.mkdir(exist_ok=True)
            place.chmod(0o777)
        start, real = next(choice for choice in choices(folder, stack, plain) if works(choice[0]))
        environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": f"{home}/cache"}
        pod = Pod(start, environment, real)
        # Matplotlib makes a list of the fonts once for each user, and says so if it takes long.
        assert pod.run(sys.executable, "-c", "import matplotlib.font_manager").returncode == 0
        yield pod


def choices(folder, stack, plain):
    """Yield (start of a command, description), the most like a pod first."""
    box = "ordinary user, /dev/shm of 64 MiB, no network"
    limit = ["prlimit", f"--data={MEMORY}"]
    if os.geteuid() == 0 and not plain:
        for place in ("upper", "work", "root"):
            Path(folder, place).mkdir()
        cgroup = stack.enter_context(memory_cgroup(folder))
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "pod"]
        start = [*enter, cgroup, folder, *([] if cgroup else limit), *sandbox(f"{folder}/root")]
        memory = "cgroup of 2 GiB" if cgroup else "RLIMIT_DATA of 2 GiB a process"
        yield start, f"{box}, {memory}, overlay as root"
    yield [*limit, *sandbox("/")], f"{box}, RLIMIT_DATA of 2 GiB a process, no overlay"
    yield [], "nothing: bwrap or setpriv does not work here"


@contextmanager
def memory_cgroup(folder):
    """Yield the folder of a cgroup that holds 2 GiB, "" where none can be made."""
    cgroup = CGROUPS / f"course-{Path(folder).name}"
    try:
        cgroup.mkdir()
        (cgroup / "memory.limit_in_bytes").write_text(str(MEMORY))
    except OSError:
        yield ""
        return
    yield str(cgroup)
    cgroup.rmdir()


def sandbox(root):
    """Return the start of a command that runs as nobody on `root`, alone with its loopback."""
    command = ["bwrap", "--bind", root, "/", "--dev-bind", "/dev", "/dev"]
    command += ["--bind", "/proc", "/proc", "--bind", "/sys", "/sys", "--unshare-net"]
    command += ["--perms", "1777", "--size", str(SHM), "--tmpfs", "/dev/shm"]
    if os.geteuid() != 0:
        return command
    # The interpreter and the course may stand in the home of root: show just these.
    needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, ROOT)}
    hidden = {path: closed_folder(path) for path in needed}
    for folder in sorted({f for f in hidden.values() if f}):
        command += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in sorted(path for path, folder in hidden.items() if folder):
        for above in reversed(path.relative_to(hidden[path]).parents[:-1]):
            command += ["--perms", "0755", "--dir", str(hidden[path] / above)]
        command += ["--ro-bind", str(path), str(path)]
    ids = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    return [*command, "setpriv", *ids, "--inh-caps=-all", "--ambient-caps=-all"]


def closed_folder(path):
    """Return the topmost folder above `path` that others may not enter."""
    for folder in (*reversed(path.parents), path):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def works(start):
    """Tell whether this machine lets us build the sandbox."""
    if start and not all(map(shutil.which, ("bwrap", "setpriv"))):
        return False
    command = [*start, sys.executable, "-c", CHECK if start else ""]
    return subprocess.run(command, capture_output=True, cwd="/").returncode == 0
