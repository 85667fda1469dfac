# %% mistake: writes the zeros
# promise: A page that was never written should take no room on the disk.
# points: 1.25
# message: You wrote the zeros, too, or reserved room for them. Give the file its size without writing: truncate.
def make_sparse(path, size, pieces):
    content = bytearray(size)
    for offset, piece in pieces:
        content[offset : offset + len(piece)] = piece
    with open(path, "wb") as file:
        file.write(content)


# %% mistake: fills a map with zeros
# promise: A page that was never written should take no room on the disk.
# points: 1.25
# message: You wrote the zeros, too, or reserved room for them. Give the file its size without writing: truncate.
def make_sparse(path, size, pieces):
    data = np.memmap(path, "u1", "w+", shape=(size,))
    data[:] = 0
    for offset, piece in pieces:
        data[offset : offset + len(piece)] = np.frombuffer(piece, "u1")
    data.flush()


# %% mistake: ends with the last piece
# promise: Create a file of `size` bytes that holds the given pieces
# points: 1
# message: The file is missing there, or has not the expected size.
def make_sparse(path, size, pieces):
    with open(path, "wb") as file:
        for offset, piece in pieces:
            file.seek(offset)
            file.write(piece)


# %% mistake: keeps what was there
# promise: What was at `path` before is gone.
# points: 1.5
# message: Something stands where no piece is: old content, or a piece in another place.
def make_sparse(path, size, pieces):
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    os.ftruncate(fd, size)
    for offset, piece in pieces:
        os.pwrite(fd, piece, offset)
    os.close(fd)


# %% mistake: puts the pieces one after the other
# promise: an offset, and the `bytes` that stand there.
# points: 0.25
# message: Something stands where no piece is: old content, or a piece in another place.
def make_sparse(path, size, pieces):
    with open(path, "wb") as file:
        file.truncate(size)
        for _, piece in pieces:
            file.write(piece)


# %% mistake: reserves the room
# promise: A page that was never written should take no room on the disk.
# points: 1.25
# message: You wrote the zeros, too, or reserved room for them. Give the file its size without writing: truncate.
def make_sparse(path, size, pieces):
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
        for offset, piece in pieces:
            file.seek(offset)
            file.write(piece)


# %% mistake: appends the pieces
# promise: an offset, and the `bytes` that stand there.
# points: 0.25
# message: The file is missing there, or has not the expected size.
def make_sparse(path, size, pieces):
    with open(path, "wb") as file:
        file.truncate(size)
    with open(path, "ab") as file:
        for offset, piece in pieces:
            file.seek(offset)
            file.write(piece)


# %% mistake: only the last piece
# promise: Create a file of `size` bytes that holds the given pieces
# points: 1.5
# message: A piece is missing there, or stands elsewhere.
def make_sparse(path, size, pieces):
    for offset, piece in pieces or [(0, b"")]:
        with open(path, "wb") as file:
            file.truncate(size)
            file.seek(offset)
            file.write(piece)


# %% right: a new map is sparse
def make_sparse(path, size, pieces):
    data = np.memmap(path, "u1", "w+", shape=(size,))
    for offset, piece in pieces:
        data[offset : offset + len(piece)] = np.frombuffer(piece, "u1")
    data.flush()


# %% right: os calls
def make_sparse(path, size, pieces):
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
    for offset, piece in pieces:
        os.pwrite(fd, piece, offset)
    os.ftruncate(fd, size)
    os.close(fd)


# %% right: writes the last byte first
def make_sparse(path, size, pieces):
    with open(path, "wb") as file:
        file.seek(size - 1)
        file.write(b"\0")
        for offset, piece in pieces:
            file.seek(offset)
            file.write(piece)


# %% mistake: seek size and write a zero byte
# promise: Create a file of `size` bytes
# points: 0
# message: The file is one byte too long: the last byte of `size` bytes has the number size - 1.
def make_sparse(path, size, pieces):
    with open(path, "wb") as f:
        for offset, data in pieces:
            f.seek(offset)
            f.write(data)
        f.seek(size)
        f.write(b"\0")


# %% mistake: writes zero at end over the last piece
# promise: `pieces` is a list of pairs: an offset, and the `bytes` that stand there.
# points: 1
# message: A zero at the end overwrites a piece that stands there. truncate() sets the size and writes nothing.
def make_sparse(path, size, pieces):
    with open(path, "wb") as f:
        for offset, data in pieces:
            f.seek(offset)
            f.write(data)
        f.seek(size - 1)
        f.write(b"\0")


# %% mistake: seeks relative
# promise: `pieces` is a list of pairs: an offset, and the `bytes` that stand there.
# points: 1.5
# message: An offset counts from the start of the file, not from where the last piece ended.
def make_sparse(path, size, pieces):
    with open(path, "wb") as f:
        for offset, data in pieces:
            f.seek(offset, 1)
            f.write(data)
        f.truncate(size)
