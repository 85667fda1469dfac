# %% mistake: only looks afterwards
# promise: So what some work has cost is the difference of two looks
# points: 1.75
# message: That is the counter itself. It counts from the start of the process: look before the work, too, and subtract.
def growth(work, name, path="/proc/self/io"):
    work()
    try:
        with open(path) as file:
            counters = dict(line.split(": ") for line in file.read().splitlines())
    except FileNotFoundError:
        return None
    return int(counters[name]) if name in counters else None


# %% mistake: before minus after
# promise: return by how much the counter `name` grew
# points: 1.5
# message: The difference is the wrong way round: what came later is larger.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    after = look()
    return None if before is None or after is None else before - after


# %% mistake: both looks after the work
# promise: one before it, one after it
# points: 1.5
# message: Both looks saw the same moment, so nothing lies between them. Read the file before the work, and again after it.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    work()
    before = look()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: unknown is 0
# promise: A counter that the file does not have is unknown
# points: 4
# message: "Unknown is None, not 0: nobody counted."
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return 0
        return int(counters.get(name, 0))

    before = look()
    work()
    return look() - before


# %% mistake: a missing counter is an error
# promise: A counter that the file does not have is unknown
# points: 4.5
# message: A counter that the file does not have is unknown, and no error. Ask for it with get(), and test for None before you subtract.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                return dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None

    before = look()
    work()
    after = look()
    return None if before is None else int(after[name]) - int(before[name])


# %% mistake: subtracts None
# promise: Then return `None`; the work is done all the same.
# points: 4
# message: One of the two looks gave None, and None cannot be subtracted. Test for it first.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                for line in file:
                    found, digits = line.split(": ")
                    if found == name:
                        return int(digits)
        except FileNotFoundError:
            return None

    before = look()
    work()
    after = look()
    return after - before


# %% mistake: a missing file is an error
# promise: on a machine without counters there is no such file
# points: 4.25
# message: A machine without counters has no such file. Catch FileNotFoundError where you open it, and return None.
def growth(work, name, path="/proc/self/io"):
    def look():
        with open(path) as file:
            counters = dict(line.split(": ") for line in file.read().splitlines())
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: a part of the name will do
# promise: the counter `name`
# points: 3.25
# message: You took another counter, whose name holds this one. Compare the whole name, up to the colon.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                for line in file:
                    if name in line:
                        return int(line.split(": ")[1])
        except FileNotFoundError:
            return None

    before = look()
    work()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: the same line at the second look
# promise: The lines may stand in any order, another one at the second look.
# points: 3.75
# message: At the second look you read another counter. Find the line by its name each time.
def growth(work, name, path="/proc/self/io"):
    try:
        with open(path) as file:
            first = file.read().splitlines()
    except FileNotFoundError:
        work()
        return None
    work()
    with open(path) as file:
        second = file.read().splitlines()
    for one, other in zip(first, second, strict=False):
        if one.split(": ")[0] == name:
            return int(other.split(": ")[1]) - int(one.split(": ")[1])
    return None


# %% mistake: works twice
# promise: Call `work()` once
# points: 0
# message: The work is done twice, and the second time falls between your looks, too. Call it once.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    work()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: no work without a file
# promise: the work is done all the same
# points: 4.25
# message: Without counters the work is still to be done, once. Only the answer is unknown then.
def growth(work, name, path="/proc/self/io"):
    try:
        with open(path) as file:
            first = dict(line.split(": ") for line in file.read().splitlines())
    except FileNotFoundError:
        return None
    work()
    with open(path) as file:
        second = dict(line.split(": ") for line in file.read().splitlines())
    return int(second[name]) - int(first[name]) if name in first else None


# %% mistake: no work without the counter
# promise: the work is done all the same
# points: 3.75
# message: Without counters the work is still to be done, once. Only the answer is unknown then.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    if before is None:
        return None
    work()
    return look() - before


# %% mistake: 0 is unknown
# promise: A counter that stands still has grown by 0
# points: 4.5
# message: "0 is a count. Test with `is None`: `not 0` is true as well."
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    after = look()
    if before is None or after is None:
        return None
    return after - before or None


# %% mistake: a counter of 0 is unknown
# promise: A counter that the file does not have is unknown
# points: 4.25
# message: A counter of 0 was counted. Only a counter that is not there is None.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters.get(name, 0))

    before = look()
    work()
    after = look()
    return after - before if before and after else None


# %% mistake: an error of the work is a missing file
# promise: An error of `work()` goes on to the caller, whatever its kind.
# points: 4.25
# message: The error was the work's own, and you caught it. Only opening the file of counters belongs into `try`.
def growth(work, name, path="/proc/self/io"):
    def look():
        with open(path) as file:
            counters = dict(line.split(": ") for line in file.read().splitlines())
        return int(counters[name]) if name in counters else None

    try:
        before = look()
    except FileNotFoundError:
        before = None
    try:
        work()
        after = look()
    except FileNotFoundError:
        return None
    return None if before is None or after is None else after - before


# %% mistake: catches every error
# promise: An error of `work()` goes on to the caller, whatever its kind.
# points: 4.25
# message: The error was the work's own, and you caught it. Only opening the file of counters belongs into `try`.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    try:
        work()
    except Exception:
        return None
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: always rchar
# promise: return by how much the counter `name` grew
# points: 2
# message: You look at one counter, whatever the name. Take the one that is asked for.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters["rchar"])

    before = look()
    work()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: always the process's own counters
# promise: The file `path` holds the counters
# points: 1
# message: You opened another file than `path`.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open("/proc/self/io") as file:
                counters = dict(line.split(": ") for line in file.read().splitlines())
        except FileNotFoundError:
            return None
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    after = look()
    return None if before is None or after is None else after - before


# %% mistake: adds up all names that hold the name
# promise: the counter `name`
# points: 3.75
# message: You took another counter, whose name holds this one. Compare the whole name, up to the colon.
def growth(work, name, path="/proc/self/io"):
    def read():
        total = None
        try:
            for line in open(path):
                if name in line:
                    total = (total or 0) + int(line.split()[1])
        except FileNotFoundError:
            return None
        return total
    a = read(); work(); b = read()
    return None if a is None or b is None else b - a


# %% mistake: unknown is -1
# promise: Then return `None`; the work is done all the same.
# points: 4
# message: Unknown is None. Any number would be a count.
def growth(work, name, path="/proc/self/io"):
    def read():
        try:
            with open(path) as f:
                for line in f:
                    k, v = line.split(":")
                    if k == name:
                        return int(v)
        except FileNotFoundError:
            pass
        return -1
    a = read()
    work()
    b = read()
    return b - a if a >= 0 and b >= 0 else -1


# %% mistake: reads the text once
# promise: one before it, one after it
# points: 1.5
# message: Both looks saw the same moment, so nothing lies between them. Read the file before the work, and again after it.
def growth(work, name, path="/proc/self/io"):
    try:
        f = open(path)
    except FileNotFoundError:
        work()
        return None
    text = f.read()
    def get():
        for line in text.splitlines():
            k, v = line.split(": ")
            if k == name:
                return int(v)
    a = get()
    work()
    b = get()
    f.close()
    return None if a is None else b - a


# %% mistake: subtracts texts
# promise: return by how much the counter `name` grew
# points: 1
# message: What stands in the file is text. Make a number of it with int before you subtract.
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            with open(path) as f:
                for line in f:
                    if line.split(":")[0] == name:
                        return line.split(":")[1].strip()
        except FileNotFoundError:
            return None
    a = look(); work(); b = look()
    if a is None or b is None: return None
    return b - a


# %% mistake: one try around everything
# promise: An error of `work()` goes on to the caller, whatever its kind.
# points: 3.75
# message: One `try` holds everything. Then the work's own errors are caught, and without a file the work is not done.
def growth(work, name, path="/proc/self/io"):
    try:
        a = dict(l.strip().split(": ") for l in open(path))
        work()
        b = dict(l.strip().split(": ") for l in open(path))
        return int(b[name]) - int(a[name])
    except Exception:
        return None


# %% mistake: a missing counter is 0
# promise: A counter that the file does not have is unknown
# points: 4.5
# message: A counter that the file does not have is unknown: None, not 0.
def growth(work, name, path="/proc/self/io"):
    import os
    if not os.path.exists(path):
        work()
        return None
    a = {l.split(": ")[0]: int(l.split(": ")[1]) for l in open(path)}
    work()
    b = {l.split(": ")[0]: int(l.split(": ")[1]) for l in open(path)}
    return b.get(name, 0) - a.get(name, 0)


# %% right: line by line, with startswith
def growth(work, name, path="/proc/self/io"):
    def look():
        try:
            file = open(path)
        except OSError:
            return None
        with file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line[len(name) + 1 :])

    first = look()
    work()
    last = look()
    if first is None or last is None:
        return None
    return last - first


# %% right: two dicts, and one open file
def growth(work, name, path="/proc/self/io"):
    def table():
        from pathlib import Path

        if not Path(path).exists():
            return {}
        found = {}
        for line in Path(path).read_text().split("\n"):
            key, colon, digits = line.partition(":")
            if colon:
                found[key] = int(digits)
        return found

    before = table().get(name)
    work()
    after = table().get(name)
    return after - before if before is not None and after is not None else None


# %% right: a pattern
def growth(work, name, path="/proc/self/io"):
    import re

    def look():
        try:
            with open(path) as file:
                found = re.search(rf"^{re.escape(name)}:\s*(\d+)", file.read(), re.MULTILINE)
        except FileNotFoundError:
            return None
        return found and int(found.group(1))

    looks = [look()]
    work()
    looks.append(look())
    return None if None in looks else looks[1] - looks[0]


# %% right: dicts from lines that are there
def growth(work, name, path="/proc/self/io"):
    from pathlib import Path
    def read():
        p = Path(path)
        if not p.exists():
            return None
        d = {k.strip(): int(v) for k, v in (l.split(":") for l in p.read_text().splitlines() if l)}
        return d.get(name)
    start = read()
    work()
    end = read()
    if start is None or end is None:
        return None
    return end - start


# %% right: descriptors
def growth(work, name, path="/proc/self/io"):
    import os
    def counter():
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            return None
        try:
            raw = os.read(fd, 100_000).decode()
        finally:
            os.close(fd)
        for row in raw.split("\n"):
            if row.split(":")[0] == name:
                return int(row.split()[-1])
        return None
    x = counter()
    work()
    y = counter()
    return y - x if None not in (x, y) else None
