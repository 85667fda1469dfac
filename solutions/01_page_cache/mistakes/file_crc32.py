# %% mistake: reads the whole file
# promise: Hold at most about `block_size` bytes of it at a time
# points: 2.5
# message: You hold more than a block: the whole file, or pieces of another size, such as a line. Hold one block of `block_size` bytes at a time.
def file_crc32(path, block_size):
    with open(path, "rb") as file:
        return zlib.crc32(file.read())


# %% mistake: keeps the last checksum only
# promise: goes on from the checksum `crc` of what came before; it begins with 0.
# points: 0.5
# message: This is the checksum of the last block. Hand the checksum on.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as file:
        while block := file.read(block_size):
            crc = zlib.crc32(block)
    return crc


# %% mistake: whole blocks only
# promise: Return the CRC-32 checksum of a file
# points: 1.75
# message: The last block is shorter, and counts too.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as file:
        for _ in range(os.path.getsize(path) // block_size):
            crc = zlib.crc32(file.read(block_size), crc)
    return crc


# %% mistake: reads everything twice
# promise: and read it only once.
# points: 2.5
# message: You read more than the file holds: once is enough.
def file_crc32(path, block_size):
    blocks = 0
    with open(path, "rb") as file:
        while file.read(block_size):
            blocks += 1
    crc = 0
    with open(path, "rb") as file:
        for _ in range(blocks):
            crc = zlib.crc32(file.read(block_size), crc)
    return crc


# %% mistake: collects the blocks
# promise: Hold at most about `block_size` bytes of it at a time
# points: 2.5
# message: You hold more than a block: the whole file, or pieces of another size, such as a line. Hold one block of `block_size` bytes at a time.
def file_crc32(path, block_size):
    with open(path, "rb") as file:
        blocks = list(iter(lambda: file.read(block_size), b""))
    return zlib.crc32(b"".join(blocks))


# %% mistake: no checksum of nothing
# promise: goes on from the checksum `crc` of what came before; it begins with 0.
# points: 2.75
# message: Give the checksum its first value before the loop.
def file_crc32(path, block_size):
    with open(path, "rb") as file:
        while block := file.read(block_size):
            if file.tell() == len(block):
                crc = zlib.crc32(block)
            else:
                crc = zlib.crc32(block, crc)
    return crc


# %% mistake: blocks of 1 MiB, whatever is asked for
# promise: Hold at most about `block_size` bytes of it at a time
# points: 2.5
# message: You hold more than a block: the whole file, or pieces of another size, such as a line. Hold one block of `block_size` bytes at a time.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


# %% mistake: line by line
# promise: Hold at most about `block_size` bytes of it at a time
# points: 2.5
# message: You hold more than a block: the whole file, or pieces of another size, such as a line. Hold one block of `block_size` bytes at a time.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as file:
        for line in file:
            crc = zlib.crc32(line, crc)
    return crc


# %% mistake: one map of the whole file
# promise: Use `read`, not a memory map
# points: 2.5
# message: You hold more than a block: the whole file, or pieces of another size, such as a line. Hold one block of `block_size` bytes at a time.
def file_crc32(path, block_size):
    crc = 0
    if os.path.getsize(path):
        data = np.memmap(path, np.uint8, "r")
        for start in range(0, len(data), block_size):
            crc = zlib.crc32(data[start : start + block_size], crc)
    return crc


# %% mistake: stops at a block that is not full
# promise: Return the CRC-32 checksum of a file
# points: 1.75
# message: The last block is shorter, and counts too.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as file:
        while len(block := file.read(block_size)) == block_size:
            crc = zlib.crc32(block, crc)
    return crc


# %% mistake: the loop begins with an empty block
# promise: Return the CRC-32 checksum of a file
# points: 0.25
# message: This is the checksum of nothing: the loop never begins.
def file_crc32(path, block_size):
    crc, block = 0, b""
    with open(path, "rb") as file:
        while block:
            block = file.read(block_size)
            crc = zlib.crc32(block, crc)
    return crc


# %% right: os.read without a buffer
def file_crc32(path, block_size):
    fd = os.open(path, os.O_RDONLY)
    crc = 0
    try:
        while True:
            block = os.read(fd, block_size)
            if not block:
                return crc
            crc = zlib.crc32(block, crc)
    finally:
        os.close(fd)


# %% right: into one buffer
def file_crc32(path, block_size):
    buffer = memoryview(bytearray(block_size))
    crc = 0
    with open(path, "rb", buffering=0) as file:
        while n := file.readinto(buffer):
            crc = zlib.crc32(buffer[:n], crc)
    return crc


# %% right: numpy reads the blocks
def file_crc32(path, block_size):
    crc = 0
    for offset in range(0, os.path.getsize(path), block_size):
        block = np.fromfile(path, np.uint8, count=block_size, offset=offset)
        crc = zlib.crc32(block.tobytes(), crc)
    return crc


# %% right: pread, block by block
def file_crc32(path, block_size):
    crc, fd = 0, os.open(path, os.O_RDONLY)
    at = 0
    while block := os.pread(fd, block_size, at):
        crc, at = zlib.crc32(block, crc), at + len(block)
    os.close(fd)
    return crc


# %% mistake: adds
# promise: goes on from the checksum `crc` of what came before
# points: 0.5
# message: A checksum is no sum: give that of what came before to the next call.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as f:
        while b := f.read(block_size):
            crc += zlib.crc32(b)
    return crc & 0xFFFFFFFF


# %% mistake: seeks from the start each block
# promise: read it only once
# points: 2
# message: You read the file again from its start for each block: keep it open, and read on.
def file_crc32(path, block_size):
    crc, at = 0, 0
    while True:
        with open(path, "rb") as f:
            b = f.read(at + block_size)[at:]
        if not b:
            return crc
        crc = zlib.crc32(b, crc)
        at += block_size


# %% mistake: text lines
# promise: Return the CRC-32 checksum of a file
# points: 0.75
# message: The bytes went through a text: open the file with "rb".
def file_crc32(path, block_size):
    crc = 0
    with open(path, "r", errors="ignore") as f:
        while b := f.read(block_size):
            crc = zlib.crc32(b.encode(), crc)
    return crc


# %% mistake: memmap
# promise: Use `read`, not a memory map
# points: 2.25
# message: A memory map counts as memory, and an empty file cannot be mapped: use read.
def file_crc32(path, block_size):
    m = np.memmap(path, np.uint8, "r")
    crc = 0
    for i in range(0, len(m), block_size):
        crc = zlib.crc32(m[i:i + block_size], crc)
    return crc


# %% mistake: starts with 1
# promise: it begins with 0
# points: 0
# message: The checksum begins with 0.
def file_crc32(path, block_size):
    crc = 1
    with open(path, "rb") as f:
        while b := f.read(block_size):
            crc = zlib.crc32(b, crc)
    return crc


# %% mistake: hex
# promise: returns 907060870
# points: 0
# message: Return a number, not a text.
def file_crc32(path, block_size):
    crc = 0
    with open(path, "rb") as f:
        while b := f.read(block_size):
            crc = zlib.crc32(b, crc)
    return hex(crc)
