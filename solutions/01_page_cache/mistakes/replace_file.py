# %% mistake: writes into the old file
# points: 1.75
# message: You wrote into the old file. Write a new one beside it, and rename: os.replace.
def replace_file(path, chunks):
    with open(path, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: never syncs
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
# points: 0
# message: The file is missing there, or has not the expected size.
def replace_file(path, chunks):
    pass


# %% mistake: removes the old file first
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
