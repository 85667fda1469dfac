"""Compare `pagecache.residency` with fincore and vmtouch on one large file.

Run it as ``python bench/residency.py [GiB]``. All three look at the same file in turn, so
the ratios of one run are fair. It also checks that all three count the same pages and
that looking changes nothing.
"""

import shutil
import statistics
import subprocess
import sys
import time

from course_lib import counters, machine, pagecache
from course_lib.checking.workdir import workdir
from course_lib.units import GiB, format_bytes, format_seconds

ROUNDS = 7


def make_file(path, size):
    """Write zeros in blocks, then evict every other part, so that there is a pattern."""
    block = bytes(64 << 20)
    with open(path, "wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
    pagecache.evict(path)
    with open(path, "rb") as file:
        for start in range(0, size, 4 * len(block)):
            file.seek(start)
            file.read(len(block))


def ours(path):
    """Return (seconds, resident pages) as course_lib sees them."""
    start = time.perf_counter()
    pages = pagecache.residency(path).resident_pages
    return time.perf_counter() - start, pages


def command(*words):
    """Return (seconds, output) of a command."""
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def fincore(path):
    """Return (seconds, resident pages) as util-linux's fincore sees them."""
    words = ("fincore", "--raw", "--noheadings", "--output", "PAGES", path)
    seconds, output = command(*words)
    return seconds, int(output)


def vmtouch(path):
    """Return (seconds, resident pages) as vmtouch sees them."""
    seconds, output = command("vmtouch", path)
    line = next(line for line in output.splitlines() if "Resident Pages" in line)
    return seconds, int(line.split()[2].partition("/")[0])


def main() -> int:
    """Print the table; exit with 1 if the counts differ or the file was read."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 4) * GiB)
    limit = machine.ram_limit()[0]
    if limit is not None and size > limit // 4:
        sys.exit(f"{format_bytes(size)} is too much for a machine with {format_bytes(limit)}")
    tools = {"course_lib": ours}
    tools |= {f.__name__: f for f in (fincore, vmtouch) if shutil.which(f.__name__)}
    path = workdir("bench") / "large.bin"
    make_file(path, size)
    for look in tools.values():
        look(path)  # the programs themselves come from the disk the first time
    with counters.watch() as watched:
        runs = {name: [] for name in tools}
        for _ in range(ROUNDS):
            for name, look in tools.items():
                runs[name].append(look(path))
    own = statistics.median(seconds for seconds, _ in runs["course_lib"])
    print(f"residency of a file of {format_bytes(size)}, median of {ROUNDS} alternating rounds")
    for name, results in runs.items():
        middle = statistics.median(seconds for seconds, _ in results)
        pages = {count for _, count in results}
        print(f"  {name:12}{format_seconds(middle):>10}  {middle / own:5.2f}x  pages {pages}")
    counts = {count for results in runs.values() for _, count in results}
    print(f"  read from the disk meanwhile: {format_bytes(watched.delta.read_bytes)}")
    return 0 if len(counts) == 1 and not watched.delta.read_bytes else 1


if __name__ == "__main__":
    sys.exit(main())
