# %% mistake: forgets the dirty pages
# promise: Some of its pages may be dirty
# points: 2.25
# message: The kernel drops clean pages only. Write the dirty ones to the disk first: os.fsync.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


# %% mistake: syncs too late
# promise: Some of its pages may be dirty
# points: 2.25
# message: The kernel drops clean pages only. Write the dirty ones to the disk first: os.fsync.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.fsync(fd)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


# %% mistake: syncs only
# promise: Make sure that no page of a file is in the page cache
# points: 1.5
# message: Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size


# %% mistake: leaves the descriptor open
# promise: Make sure that no page of a file is in the page cache
# points: 2.75
# message: A descriptor from os.open stays open until os.close.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    return os.fstat(fd).st_size


# %% mistake: empties the file
# promise: Its content stays as it is.
# points: 0.25
# message: The file must stay as it is, and its size is the result.
def drop_from_cache(path):
    size = os.path.getsize(path)
    with open(path, "wb"):
        pass
    return size


# %% mistake: looks at the content afterwards
# promise: Make sure that no page of a file is in the page cache
# points: 1.5
# message: Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return len(file.read())


# %% mistake: a missing file has no bytes
# promise: A missing file raises `FileNotFoundError`.
# points: 2.75
# message: A missing file is an error, and no file of 0 bytes.
def drop_from_cache(path):
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return os.path.getsize(path)


# %% mistake: counts the length in pages
# promise: Make sure that no page of a file is in the page cache
# points: 1.5
# message: Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        size = os.path.getsize(path)
        os.posix_fadvise(file.fileno(), 0, -(-size // 4096), os.POSIX_FADV_DONTNEED)
    return size


# %% mistake: advice that drops nothing
# promise: Make sure that no page of a file is in the page cache
# points: 1.5
# message: Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        return os.fstat(file.fileno()).st_size


# %% mistake: the first half only
# promise: Make sure that no page of a file is in the page cache
# points: 1.5
# message: Pages are left. os.posix_fadvise drops them, with the advice POSIX_FADV_DONTNEED and with a length that counts bytes; 0 is all of the file. Look at the file before, not afterwards.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        size = os.path.getsize(path)
        os.posix_fadvise(file.fileno(), 0, size // 2, os.POSIX_FADV_DONTNEED)
    return size


# %% mistake: returns pages
# promise: Return the size of the file in bytes.
# points: 0.25
# message: Those are pages. The size in bytes is asked for.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return -(-os.path.getsize(path) // 4096)


# %% right: a file object, and fdatasync
def drop_from_cache(path):
    with open(path, "r+b") as file:
        os.fdatasync(file.fileno())
        size = file.seek(0, os.SEEK_END)
        os.posix_fadvise(file.fileno(), 0, size, os.POSIX_FADV_DONTNEED)
    return size


# %% right: from the library
def drop_from_cache(path):
    from course_lib import pagecache

    size = os.path.getsize(path)
    pagecache.evict(path)
    return size


# %% right: syncs everything first
def drop_from_cache(path):
    size = os.stat(path).st_size
    os.sync()
    fd = os.open(path, os.O_RDWR)
    os.posix_fadvise(fd, 0, size + 4096, os.POSIX_FADV_DONTNEED)
    os.close(fd)
    return size


# %% mistake: returns None
# promise: Return the size of the file in bytes.
# points: 0.25
# message: Nothing came back: return the size of the file.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


# %% mistake: opens with w
# promise: Its content stays as it is.
# points: 0
# message: The content is gone: mode "w" begins with an empty file. Open it for reading.
def drop_from_cache(path):
    with open(path, "w") as f:
        os.fsync(f.fileno())
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return os.path.getsize(path)
