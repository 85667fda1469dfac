# %% mistake: writes into the old file
# promise: Whoever opens it at any moment sees the whole old content or the whole new one.
# points: 1.75
# message: You wrote into the old file. Write a new one beside it, and rename: os.replace.
def replace_file(path, chunks):
    with open(path, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: never syncs
# promise: When the function returns, the new content is on the disk
# points: 3
# message: The content is in the page cache only. os.fsync brings it to the disk; flush() first brings it out of Python's own buffer.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


# %% mistake: syncs after the rename
# promise: Whoever opens it at any moment sees the whole old content or the whole new one.
# points: 3.5
# message: First sync the content, then rename. The other way round, a crash between the two leaves a good name on an empty file. Before the sync, flush() brings the content out of Python's own buffer.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except BaseException:
        os.unlink(beside)
        raise
    os.replace(beside, path)
    for name in (path, os.path.dirname(path)):
        fd = os.open(name, os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)


# %% mistake: forgets the folder
# promise: the folder that holds the name is written too.
# points: 3.75
# message: The name stands in the folder: after the rename, open the folder with os.open and sync it too.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


# %% mistake: leaves the file that was begun
# promise: no other file is left in the folder
# points: 3.5
# message: A file that was begun is left in the folder. Remove it, and raise the error again.
def replace_file(path, chunks):
    beside = path + ".tmp"
    with open(beside, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: swallows the error
# promise: and the error goes on to the caller.
# points: 3
# message: The error must reach the caller, and good pieces must be written.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        fd = os.open(os.path.dirname(path), os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)
    except TypeError:
        os.unlink(beside)


# %% mistake: syncs Python's empty buffer
# promise: When the function returns, the new content is on the disk
# points: 3.25
# message: The content is in the page cache only. os.fsync brings it to the disk; flush() first brings it out of Python's own buffer.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: does nothing
# promise: Write the pieces of `chunks`, one after the other, as the new content of the file at `path`.
# points: 0
# message: The file is missing there, or has not the expected size.
def replace_file(path, chunks):
    pass


# %% mistake: removes the old file first
# promise: Whoever opens it at any moment sees the whole old content or the whole new one.
# points: 3.75
# message: At the moment of the rename there was no file of that name: whoever opened it then got an error. A rename takes the place of the old file.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(beside)
        raise
    if os.path.exists(path):
        os.remove(path)
    os.rename(beside, path)
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: the new file grows in another folder
# promise: Write the new file in the folder of the old one
# points: 3.75
# message: Write the new file in the folder of the old one. Between two file systems, a move copies the bytes, and is not done at once.
def replace_file(path, chunks):
    import shutil
    import tempfile

    fd, beside = tempfile.mkstemp()
    try:
        with open(fd, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        shutil.move(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: appends to what an earlier try left
# promise: A crash of an earlier try may have left a file there, and nothing of it gets into the new content.
# points: 3.75
# message: What an earlier try left is in the new content: open the file such that it begins empty.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "ab") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: syncs the folder before the rename
# promise: the folder that holds the name is written too.
# points: 3.75
# message: The name stands in the folder: after the rename, open the folder with os.open and sync it too.
def replace_file(path, chunks):
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        fd = os.open(os.path.dirname(path), os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


# %% mistake: leaves another file
# promise: and nothing else.
# points: 3.25
# message: Another file is left in the folder.
def replace_file(path, chunks):
    beside = path + ".new"
    with open(path + ".log", "ab"):
        pass
    try:
        with open(beside, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% mistake: writes the last piece only
# promise: Write the pieces of `chunks`, one after the other, as the new content of the file at `path`.
# points: 1.5
# message: Only the last piece is there: open the file once, before the loop.
def replace_file(path, chunks):
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        for chunk in chunks:
            with open(beside, "wb") as file:
                file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


# %% mistake: writes over the old bytes
# promise: Whoever opens it at any moment sees the whole old content or the whole new one.
# points: 1.25
# message: The end of the old content is left, and whoever reads meanwhile sees both.
def replace_file(path, chunks):
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    with open(fd, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: appends to the old content
# promise: Write the pieces of `chunks`, one after the other, as the new content of the file at `path`.
# points: 1.25
# message: The new content stands behind the old one: it takes its place.
def replace_file(path, chunks):
    with open(path, "ab") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: never renames
# promise: Write the pieces of `chunks`, one after the other, as the new content of the file at `path`.
# points: 0.25
# message: The new file has another name: os.replace gives it the old one's.
def replace_file(path, chunks):
    with open(f"{path}.new", "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


# %% right: joins the pieces before it opens a file
def replace_file(path, chunks):
    content = b"".join(chunks)
    folder, name = os.path.split(path)
    beside = os.path.join(folder, "." + name)
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(fd, content)
    os.fsync(fd)
    os.close(fd)
    os.rename(beside, path)
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# %% right: a named temporary file and pathlib
def replace_file(path, chunks):
    import tempfile
    from pathlib import Path

    target = Path(path)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False, buffering=0) as file:
        try:
            for chunk in chunks:
                file.write(chunk)
            os.fdatasync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink()
            os.close(folder)
            raise
    os.fsync(folder)
    os.close(folder)


# %% right: everything is synced, and a folder of its own for the new file
def replace_file(path, chunks):
    import tempfile

    folder = os.path.dirname(path)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        beside = os.path.join(own, "new")
        with open(beside, "wb") as file:
            file.writelines(chunks)
        os.sync()
        os.rename(beside, path)
    os.sync()


# %% mistake: exclusive creation fails on the rest
# promise: A crash of an earlier try may have left a file there
# points: 3.75
# message: A file of an earlier try may be there: begin anew, do not refuse.
def replace_file(path, chunks):
    tmp = path + ".tmp"
    f = open(tmp, "xb")
    try:
        with f:
            for c in chunks:
                f.write(c)
            f.flush()
            os.fsync(f.fileno())
        os.replace(tmp, path)
    except BaseException:
        os.unlink(tmp)
        raise
    fd = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
