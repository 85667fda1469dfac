# %% mistake: makes it and hopes
# promise: whose memory is all there when the function returns.
# points: 0.75
# message: The block has a size, and no memory: the first touch may be SIGBUS. os.posix_fallocate takes the memory.
def reserve_block(name, nbytes, keep_free):
    SharedMemory(name, create=True, size=nbytes).close()


# %% mistake: asks for the room, and does not take it
# promise: whose memory is all there when the function returns.
# points: 1.25
# message: The block has a size, and no memory: the first touch may be SIGBUS. os.posix_fallocate takes the memory.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    SharedMemory(name, create=True, size=nbytes).close()


# %% mistake: takes the memory, and nothing is kept free
# promise: At least `keep_free` bytes of `/dev/shm` must stay free for others.
# points: 1.5
# message: There was not enough room, and the function did not say so.
def reserve_block(name, nbytes, keep_free):
    block = SharedMemory(name, create=True, size=nbytes)
    fd = os.open(f"/dev/shm/{name}", os.O_RDWR)
    try:
        os.posix_fallocate(fd, 0, nbytes)
    except OSError:
        block.unlink()
        raise
    finally:
        os.close(fd)
        block.close()


# %% mistake: refuses, and leaves the block
# promise: and leave no block.
# points: 1.5
# message: You refused, and left the block.
# message: os.posix_fallocate failed, and the block stayed
def reserve_block(name, nbytes, keep_free):
    block = SharedMemory(name, create=True, size=nbytes)
    block.close()
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    with open(f"/dev/shm/{name}", "r+b") as file:
        os.posix_fallocate(file.fileno(), 0, nbytes)


# %% mistake: forgets a descriptor
# promise: close it, do not unlink it.
# points: 1.75
# message: Close the block and the file: each has a descriptor.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    block = SharedMemory(name, create=True, size=nbytes)
    fd = os.open(f"/dev/shm/{name}", os.O_RDWR)
    try:
        os.posix_fallocate(fd, 0, nbytes)
    except OSError:
        block.unlink()
        raise
    block.close()


# %% mistake: unlinks the block at once
# promise: The block stays when the function returns
# points: 1
# message: There was room, and there is no block.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        with open(f"/dev/shm/{name}", "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, nbytes)
    finally:
        block.close()
        block.unlink()


# %% mistake: counts all blocks, not the free ones
# promise: At least `keep_free` bytes of `/dev/shm` must stay free for others.
# points: 1.5
# message: keep_free bytes stay free when the block is there: count the free bytes only, and take off those of the block.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_blocks * room.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        with open(f"/dev/shm/{name}", "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, nbytes)
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()


# %% mistake: forgets the bytes of the block
# promise: At least `keep_free` bytes of `/dev/shm` must stay free for others.
# points: 1.5
# message: keep_free bytes stay free when the block is there: count the free bytes only, and take off those of the block.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize < keep_free:
        raise OSError(errno.ENOSPC, "too small")
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        with open(f"/dev/shm/{name}", "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, nbytes)
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()


# %% mistake: an error without a number
# promise: raise `OSError` with the number `errno.ENOSPC`
# points: 1.5
# message: The OSError has no number: OSError(errno.ENOSPC, text).
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes < keep_free:
        raise OSError("no space left")
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        with open(f"/dev/shm/{name}", "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, nbytes)
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()


# %% mistake: just enough is too little
# promise: If the block would not leave that much
# points: 1.5
# message: keep_free bytes stay free, and no more is asked for.
def reserve_block(name, nbytes, keep_free):
    room = os.statvfs("/dev/shm")
    if room.f_bavail * room.f_frsize - nbytes <= keep_free:
        raise OSError(errno.ENOSPC, "too small")
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        with open(f"/dev/shm/{name}", "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, nbytes)
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()


# %% right: a file below /dev/shm, no SharedMemory
def reserve_block(name, nbytes, keep_free):
    import shutil

    if shutil.disk_usage("/dev/shm").free < keep_free + nbytes:
        raise OSError(errno.ENOSPC, f"{nbytes} bytes do not fit")
    path = f"/dev/shm/{name}"
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        os.posix_fallocate(fd, 0, nbytes)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(fd)


# %% right: takes the memory first, then asks what is left
def reserve_block(name, nbytes, keep_free):
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        os.posix_fallocate(block._fd, 0, nbytes)
        room = os.statvfs("/dev/shm")
        if room.f_bavail * room.f_frsize < keep_free:
            raise OSError(errno.ENOSPC, "too small")
    except OSError:
        block.unlink()
        raise
    finally:
        block.close()


# %% mistake: MemoryError
# promise: raise `OSError` with the number `errno.ENOSPC`
# points: 1.25
# message: Another error came: raise OSError(errno.ENOSPC, text).
def reserve_block(name, nbytes, keep_free):
    s = os.statvfs("/dev/shm")
    if s.f_bavail * s.f_frsize - nbytes < keep_free:
        raise MemoryError("no space")
    b = SharedMemory(name, create=True, size=nbytes)
    b.close()
    fd = os.open("/dev/shm/" + name, os.O_RDWR)
    os.posix_fallocate(fd, 0, nbytes)
    os.close(fd)


# %% mistake: descriptor stays open
# promise: The block stays when the function returns: close it, do not unlink it.
# points: 1.5
# message: Close the block and the file: each has a descriptor.
def reserve_block(name, nbytes, keep_free):
    s = os.statvfs("/dev/shm")
    if s.f_bavail * s.f_frsize - nbytes < keep_free:
        raise OSError(errno.ENOSPC, "No space left on device")
    b = SharedMemory(name, create=True, size=nbytes)
    b.close()
    fd = os.open("/dev/shm/" + name, os.O_RDWR)
    os.posix_fallocate(fd, 0, nbytes)
