# %% mistake: counts in kB
# promise: Count in bytes: 1 kB is 1024 bytes in this file.
# points: 1
# message: The file counts in kB. Bytes are asked for: times 1024.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1])
    return found


# %% mistake: a kB of 1000 bytes
# promise: Count in bytes: 1 kB is 1024 bytes in this file.
# points: 1
# message: A kB of this file has 1024 bytes, not 1000.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1000
    return found


# %% mistake: USS is RSS without PSS
# promise: `"uss"`, which is `Private_Clean` and `Private_Dirty` together
# points: 1
# message: USS is no difference of the other two. It is what nobody else has: Private_Clean and Private_Dirty together.
def file_memory(mapped, smaps="/proc/self/smaps"):
    found, ours = {"rss": 0, "pss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in ("Rss:", "Pss:"):
            found[words[0][:-1].lower()] += int(words[1]) * 1024
    return found | {"uss": found["rss"] - found["pss"]}


# %% mistake: USS without clean pages
# promise: `"uss"`, which is `Private_Clean` and `Private_Dirty` together
# points: 4.25
# message: USS has two lines: Private_Clean and Private_Dirty. Add both up.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: USS without dirty pages
# promise: `"uss"`, which is `Private_Clean` and `Private_Dirty` together
# points: 4.25
# message: USS has two lines: Private_Clean and Private_Dirty. Add both up.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: shared pages are its own
# promise: `"uss"`, which is `Private_Clean` and `Private_Dirty` together
# points: 1
# message: Shared pages are in USS. It holds what nobody else has: Private_Clean and Private_Dirty together.
def file_memory(mapped, smaps="/proc/self/smaps"):
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in ("Rss:", "Pss:"):
            found[words[0][:-1].lower()] += int(words[1]) * 1024
        elif ours and words[0] in ("Shared_Clean:", "Shared_Dirty:"):
            found["uss"] += int(words[1]) * 1024
    return found


# %% mistake: names that begin alike
# promise: `"pss"` from `Pss`
# points: 4.25
# message: Pss_Dirty begins with Pss, and is another line. Compare the whole name, with its colon.
def file_memory(mapped, smaps="/proc/self/smaps"):
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours:
            for name, key in (("Rss", "rss"), ("Pss", "pss"), ("Private", "uss")):
                if line.startswith(name):
                    found[key] += int(words[1]) * 1024
    return found


# %% mistake: the first part only
# promise: Add up all parts that map the file.
# points: 4.25
# message: The file is mapped in more than one part. Add up all of them.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            if ours:
                break
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: the last part only
# promise: Add up all parts that map the file.
# points: 4.25
# message: The file is mapped in more than one part. Add up all of them.
def file_memory(mapped, smaps="/proc/self/smaps"):
    found, part, ours = {"rss": 0, "pss": 0, "uss": 0}, {}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[1].isdigit():
            part[words[0]] = int(words[1]) * 1024
    if part:
        found["rss"], found["pss"] = part["Rss:"], part["Pss:"]
        found["uss"] = part["Private_Clean:"] + part["Private_Dirty:"]
    return found


# %% mistake: everything that the process has
# promise: Return what of the file `mapped` is in memory
# points: 1
# message: You count parts that do not map the file. Look at the path at the end of each line of addresses.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found = {"rss": 0, "pss": 0, "uss": 0}
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: everything from the file on
# promise: Return what of the file `mapped` is in memory
# points: 2
# message: A part ends where the next line of addresses stands. You go on counting the parts after it.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if words[-1] == mapped:
            ours = True
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: a part without a path goes on
# promise: where none is, with other words or with nothing
# points: 3.5
# message: A line of addresses may end without a path. It begins a new part all the same.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if len(words) == 6 and not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: the path is somewhere in the line
# promise: Paths may look alike: `/data/a.bin.old` is another file.
# points: 5.5
# message: Another file's path holds this one. Compare the whole path, the last word of the line.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = mapped in line
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: the line ends with the path
# promise: Paths may look alike: `/data/a.bin.old` is another file.
# points: 5.5
# message: Another file's path holds this one. Compare the whole path, the last word of the line.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = line.endswith(mapped)
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: a missing file is an error
# promise: If there is no file `smaps`, as on macOS, nothing is known: return `None`.
# points: 5.5
# message: Not every machine has such a file. Catch FileNotFoundError and return None.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    with open(smaps) as file:
        for line in file:
            words = line.split()
            if not words[0].endswith(":"):
                ours = words[-1] == mapped
            elif ours and words[0] in belongs:
                found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: unknown is 0
# promise: If there is no file `smaps`, as on macOS, nothing is known: return `None`.
# points: 5.5
# message: Unknown is None, not 0. Nobody counted.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: not mapped is unknown
# promise: A file that is not mapped has 0 in all three: that is known.
# points: 5.5
# message: "The file is not mapped: that is known, and all three are 0."
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours, seen = {"rss": 0, "pss": 0, "uss": 0}, False, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
            seen = seen or ours
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found if seen else None


# %% mistake: keys only for what is there
# promise: A file that is not mapped has 0 in all three: that is known.
# points: 5.5
# message: All three keys are asked for, each with 0 at least.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            key = belongs[words[0]]
            found[key] = found.get(key, 0) + int(words[1]) * 1024
    return found


# %% mistake: RSS from the line of the size
# promise: `"rss"` from `Rss`
# points: 2
# message: Size counts addresses. What is in memory stands in the line Rss.
def file_memory(mapped, smaps="/proc/self/smaps"):
    belongs = {"Size:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found


# %% mistake: counts lines instead of reading names
# promise: which lines there are differs between kernels.
# points: 1.5
# message: You count lines from the line of addresses on. Which lines there are differs between kernels: look at their names.
def file_memory(mapped, smaps="/proc/self/smaps"):
    try:
        lines = open(smaps).read().splitlines()
    except FileNotFoundError:
        return None
    r = p = u = 0
    for i, line in enumerate(lines):
        if line.endswith(" " + mapped):
            r += int(lines[i + 2].split()[1]) * 1024
            p += int(lines[i + 3].split()[1]) * 1024
            u += int(lines[i + 6].split()[1]) * 1024 + int(lines[i + 7].split()[1]) * 1024
    return {"rss": r, "pss": p, "uss": u}


# %% mistake: USS from dirty lines
# promise: `"uss"`, which is `Private_Clean` and `Private_Dirty` together
# points: 4.25
# message: USS has two lines: Private_Clean and Private_Dirty. Add both up.
def file_memory(mapped, smaps="/proc/self/smaps"):
    try:
        f = open(smaps)
    except FileNotFoundError:
        return None
    d = {"rss": 0, "pss": 0, "uss": 0}
    on = False
    for line in f:
        w = line.split()
        if "-" in w[0]:
            on = w[-1] == mapped
        if on and w[0] == "Rss:":
            d["rss"] += int(w[1]) * 1024
        if on and w[0] == "Pss:":
            d["pss"] += int(w[1]) * 1024
        if on and w[0] in ("Pss_Dirty:", "Private_Dirty:"):
            d["uss"] += int(w[1]) * 1024
    return d


# %% mistake: compares the file's name only
# promise: Paths may look alike: `/data/a.bin.old` is another file.
# points: 5.5
# message: Another file's path holds this one. Compare the whole path, the last word of the line.
def file_memory(mapped, smaps="/proc/self/smaps"):
    import os
    try:
        f = open(smaps)
    except FileNotFoundError:
        return None
    d = {"rss": 0, "pss": 0, "uss": 0}
    on = False
    for line in f:
        w = line.split()
        if not w[0].endswith(":"):
            on = os.path.basename(w[-1]) == os.path.basename(mapped)
        elif on:
            if w[0] == "Rss:": d["rss"] += int(w[1]) * 1024
            elif w[0] == "Pss:": d["pss"] += int(w[1]) * 1024
            elif w[0].startswith("Private_"): d["uss"] += int(w[1]) * 1024
    return d


# %% mistake: cuts the text at the path
# promise: Paths may look alike: `/data/a.bin.old` is another file.
# points: 3.75
# message: You cut the text at the first place where the path stands. Go through it line by line: several parts may map the file, and other paths may hold this one.
def file_memory(mapped, smaps="/proc/self/smaps"):
    try:
        text = open(smaps).read()
    except FileNotFoundError:
        return None
    if mapped not in text:
        return {"rss": 0, "pss": 0, "uss": 0}
    part = text.split(mapped)[1]
    v = {}
    for line in part.splitlines()[1:]:
        w = line.split()
        if not w[0].endswith(":"):
            break
        v[w[0][:-1]] = w[1]
    return {"rss": int(v["Rss"]) * 1024, "pss": int(v["Pss"]) * 1024, "uss": (int(v["Private_Clean"]) + int(v["Private_Dirty"])) * 1024}


# %% mistake: pages
# promise: Count in bytes: 1 kB is 1024 bytes in this file.
# points: 1
# message: Those are pages. Bytes are asked for: 1024 times the kB.
def file_memory(mapped, smaps="/proc/self/smaps"):
    out = {"rss": 0, "pss": 0, "uss": 0}
    try:
        f = open(smaps)
    except FileNotFoundError:
        return None
    inside = False
    for line in f:
        w = line.split()
        if not w[0].endswith(":"):
            inside = w[-1] == mapped
        elif inside:
            if w[0] == "Rss:": out["rss"] += int(w[1]) // 4
            if w[0] == "Pss:": out["pss"] += int(w[1]) // 4
            if w[0] in ("Private_Clean:", "Private_Dirty:"): out["uss"] += int(w[1]) // 4
    return out


# %% right: a pattern for lines of addresses
def file_memory(mapped, smaps="/proc/self/smaps"):
    import os
    import re

    if not os.path.exists(smaps):
        return None
    rss = pss = uss = 0
    ours = False
    with open(smaps) as file:
        for line in file:
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                ours = line.rstrip("\n").split(maxsplit=5)[5:] == [mapped]
                continue
            name, _, rest = line.partition(":")
            if not ours or not rest.strip().endswith("kB"):
                continue
            value = int(rest.split()[0]) << 10
            if name == "Rss":
                rss += value
            elif name == "Pss":
                pss += value
            elif name in ("Private_Clean", "Private_Dirty"):
                uss += value
    return {"rss": rss, "pss": pss, "uss": uss}


# %% right: parts first, sums later
def file_memory(mapped, smaps="/proc/self/smaps"):
    try:
        text = open(smaps).read()
    except OSError:
        return None
    parts = []
    for line in text.split("\n"):
        head, colon, rest = line.partition(": ")
        if colon:
            parts[-1][1][head] = rest.split()[0]
        elif "-" in head and not head.startswith("VmFlags"):
            parts.append((line.split(), {}))
    ours = [values for words, values in parts if words[-1] == mapped]

    def total(*names):
        return sum(1024 * int(values[name]) for values in ours for name in names)

    return dict(rss=total("Rss"), pss=total("Pss"), uss=total("Private_Clean", "Private_Dirty"))


# %% right: a path with slashes from the end
def file_memory(mapped, smaps="/proc/self/smaps"):
    from collections import Counter
    from pathlib import Path

    source, sums, current = Path(smaps), Counter(), None
    if not source.is_file():
        return None
    for line in source.read_text().splitlines():
        first, *rest = line.split()
        if first[-1] != ":":
            current = rest[4] if len(rest) > 4 else None
        elif current == mapped and rest[-1] == "kB":
            sums[first.rstrip(":")] += int(rest[0]) * 1024
    return {
        "rss": sums["Rss"],
        "pss": sums["Pss"],
        "uss": sums["Private_Clean"] + sums["Private_Dirty"],
    }


# %% right: splits at lines of addresses
def file_memory(mapped, smaps="/proc/self/smaps"):
    import re
    try:
        text = open(smaps).read()
    except FileNotFoundError:
        return None
    out = {"rss": 0, "pss": 0, "uss": 0}
    for block in re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", text, flags=re.M):
        if not block.strip():
            continue
        head, _, rest = block.partition("\n")
        if head.split()[-1] != mapped:
            continue
        for key, name in re.findall(r"^(Rss|Pss|Private_Clean|Private_Dirty):\s+(\d+) kB", rest, flags=re.M):
            k = key.lower() if len(key) == 3 else "uss"
            out[k] += int(name) * 1024
    return out


# %% right: the sixth word is the path
def file_memory(mapped, smaps="/proc/self/smaps"):
    totals = [0, 0, 0]
    here = False
    try:
        with open(smaps) as f:
            for line in f:
                parts = line.split()
                if len(parts) >= 5 and "-" in parts[0]:
                    here = len(parts) > 5 and parts[5] == mapped
                elif here:
                    for i, names in enumerate((("Rss:",), ("Pss:",), ("Private_Clean:", "Private_Dirty:"))):
                        if parts[0] in names:
                            totals[i] += 1024 * int(parts[1])
    except FileNotFoundError:
        return None
    return {"rss": totals[0], "pss": totals[1], "uss": totals[2]}
