# %% mistake: forgets the dirty pages
# points: 2.5
# message: The kernel drops clean pages only.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


# %% mistake: syncs too late
# points: 2.5
# message: Write the dirty ones to the disk first
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.fsync(fd)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


# %% mistake: syncs only
# points: 1.5
# message: Tell the kernel that you do not need them
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size


# %% mistake: leaves the descriptor open
# points: 2.75
# message: A descriptor from os.open stays open until os.close.
def drop_from_cache(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    return os.fstat(fd).st_size


# %% mistake: empties the file
# points: 0.75
# message: The file must stay as it is
def drop_from_cache(path):
    size = os.path.getsize(path)
    with open(path, "wb"):
        pass
    return size


# %% mistake: looks at the content afterwards
# points: 1.5
# message: Pages are left.
def drop_from_cache(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return len(file.read())


# %% mistake: a missing file has no bytes
# points: 2.75
# message: A missing file is an error
def drop_from_cache(path):
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return os.path.getsize(path)


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
