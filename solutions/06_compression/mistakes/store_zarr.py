# %% mistake: the libraries' own chunks and compressors
# promise: a slice meets at most 4 chunks
# points: 1.5
# message: You left chunks or compressors to the libraries. They know neither how the array will be read nor what its bytes are like.
def store_zarr(path, x, axis, limit):
    zarr.create_array(path, data=x, overwrite=True)


def store_hdf5(path, x, axis, limit):
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, compression="gzip")


# %% mistake: one chunk for all
# promise: these chunks have at most 16,384 bytes together, before compression
# points: 1.5
# message: A slice unpacks the whole array: it is one chunk. Cut it along `axis`.
def store_zarr(path, x, axis, limit):
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=x.shape, compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=x.shape, compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: always along the first axis
# promise: The array will be read slice by slice along `axis`
# points: 2.5
# message: The chunks are cut along another axis than `axis`. Then a slice meets all of them.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[0] = min(x.shape[0], 16_384 * x.shape[0] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[0] = min(x.shape[0], 16_384 * x.shape[0] // x.nbytes)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: always along the last axis
# promise: The array will be read slice by slice along `axis`
# points: 2.5
# message: The chunks are cut along another axis than `axis`. Then a slice meets all of them.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[-1] = min(x.shape[-1], 16_384 * x.shape[-1] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[-1] = min(x.shape[-1], 16_384 * x.shape[-1] // x.nbytes)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: one item thick along all other axes
# promise: The array will be read slice by slice along `axis`
# points: 1.5
# message: A chunk holds whole slices: long along every other axis, and thin along `axis`. Yours are the other way round.
def store_zarr(path, x, axis, limit):
    chunks = [1] * x.ndim
    chunks[axis] = x.shape[axis]
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = [1] * x.ndim
    chunks[axis] = x.shape[axis]
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: one slice a chunk
# promise: The thicker the chunks are, the better they compress.
# points: 2.5
# message: A chunk of one slice holds too little for a compressor. Put as many slices into it as 16,384 bytes hold.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = 1
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = 1
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: counts items for bytes
# promise: these chunks have at most 16,384 bytes together, before compression
# points: 1.5
# message: You counted items, or four times too much. The limit is 16,384 bytes: an item has itemsize of them.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.size)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.size)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: four chunks of 16,384 bytes
# promise: these chunks have at most 16,384 bytes together, before compression
# points: 1.5
# message: You counted items, or four times too much. The limit is 16,384 bytes: an item has itemsize of them.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 4 * 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 4 * 16_384 * x.shape[axis] // x.nbytes)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: chunks with equal sides
# promise: these chunks have at most 16,384 bytes together, before compression
# points: 1.5
# message: A slice meets a row of such chunks, and they have too many bytes together. Along all axes but `axis` a chunk may be as long as the array.
def store_zarr(path, x, axis, limit):
    side = int((16_384 / x.itemsize) ** (1 / x.ndim))
    chunks = [min(side, n) for n in x.shape]
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    side = int((16_384 / x.itemsize) ** (1 / x.ndim))
    chunks = [min(side, n) for n in x.shape]
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: small chunks of 16 items a side
# promise: a slice meets at most 4 chunks
# points: 1.5
# message: A slice meets many small chunks. Along all axes but `axis` a chunk may be as long as the array.
def store_zarr(path, x, axis, limit):
    chunks = [min(16, n) for n in x.shape]
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = [min(16, n) for n in x.shape]
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: no compressor
# promise: all chunks of the array together take at most `limit` bytes, after compression.
# points: 2.5
# message: Nothing is compressed. Try the settings that the task names.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = None
    zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks))


# %% mistake: shuffle for all data
# promise: No setting suits all data, so try several, and count what they take.
# points: 3.5
# message: Shuffle helps numbers that change slowly. Where the same few numbers come again and again, it tears apart what is alike: try without.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = BloscCodec(cname="zstd", shuffle="shuffle")
    zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=True)


# %% mistake: bitshuffle for all data
# promise: No setting suits all data, so try several, and count what they take.
# points: 3.5
# message: Shuffle helps numbers that change slowly. Where the same few numbers come again and again, it tears apart what is alike: try without.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = BloscCodec(cname="zstd", shuffle="bitshuffle")
    zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip", compression_opts=9, shuffle=True)


# %% mistake: never shuffles
# promise: No setting suits all data, so try several, and count what they take.
# points: 3
# message: Nothing is shuffled. Numbers that change slowly have bytes alike, and shuffle brings them together: try both.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = BloscCodec(cname="zstd", shuffle="noshuffle")
    zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip")


# %% mistake: Zarr's default compressor, gzip alone
# promise: No setting suits all data, so try several, and count what they take.
# points: 3
# message: Nothing is shuffled. Numbers that change slowly have bytes alike, and shuffle brings them together: try both.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    zarr.create_array(path, data=x, chunks=tuple(chunks), overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip", compression_opts=9)


# %% mistake: fast compressors
# promise: all chunks of the array together take at most `limit` bytes, after compression.
# points: 2.75
# message: lz4 and lzf are fast and save less. The limit needs zstd and gzip.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle"):
        codec = BloscCodec(cname="lz4", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="lzf", shuffle=True)


# %% mistake: keeps an array that is there
# promise: What was at `path` before is replaced.
# points: 2.5
# message: What an earlier call stored is in the way, and raises an error. Zarr has overwrite=True, h5py the mode "w".
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec)
        break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "a") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=True)


# %% mistake: another dataset name
# promise: as the dataset `x` of an HDF5 file
# points: 2
# message: The dataset is not called x.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=x, chunks=tuple(chunks), compression="gzip", shuffle=True)


# %% mistake: tries in Zarr only
# promise: No setting suits all data, so try several, and count what they take.
# points: 3.75
# message: In HDF5, too, shuffle helps some data and harms other data. Try both there, and count.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=True)


# %% mistake: tries in HDF5 only
# promise: No setting suits all data, so try several, and count what they take.
# points: 3.75
# message: In Zarr, too, shuffle helps some data and harms other data. Try all three there, and count.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = BloscCodec(cname="zstd", shuffle="shuffle")
    zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: no chunks in HDF5
# promise: a slice meets at most 4 chunks
# points: 2.75
# message: This dataset has no chunks. What has none cannot be compressed.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    with h5py.File(path, "w") as file:
        file["x"] = x


# %% mistake: rounds the numbers
# promise: stores an array as a Zarr array at `path`
# points: 1
# message: The array that comes back is not the one that was stored: another dtype, or other numbers.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    codec = BloscCodec(cname="zstd", shuffle="shuffle")
    zarr.create_array(path, data=x.astype("f4"), chunks=tuple(chunks), compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x.astype("f4"), chunks=tuple(chunks), compression="gzip", shuffle=True)


# %% mistake: a delta filter of another package
# promise: stay with Blosc, Zstd or gzip as the only compressor in Zarr, without other filters
# points: 3
# message: The Zarr array has a filter that not everybody can read. One of the three compressors is enough.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    from numcodecs.zarr3 import Delta

    filters = [Delta(dtype=x.dtype.str)] if x.dtype.kind == "i" else []
    codec = BloscCodec(cname="zstd", shuffle="shuffle" if filters else "noshuffle")
    zarr.create_array(path, data=x, chunks=tuple(chunks), filters=filters, compressors=codec, overwrite=True)


def store_hdf5(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for shuffle in (True, False):
        with h5py.File(path, "w") as file:
            made = file.create_dataset(
                "x", data=x, chunks=tuple(chunks), compression="gzip", shuffle=shuffle)
            if made.id.get_storage_size() <= limit:
                break


# %% mistake: stores nothing in HDF5
# promise: as the dataset `x` of an HDF5 file
# points: 2
# message: There is no such file: store_hdf5 leaves nothing behind.
def store_zarr(path, x, axis, limit):
    chunks = list(x.shape)
    chunks[axis] = min(x.shape[axis], 16_384 * x.shape[axis] // x.nbytes)
    for how in ("shuffle", "noshuffle", "bitshuffle"):
        codec = BloscCodec(cname="zstd", shuffle=how)
        zarr.create_array(path, data=x, chunks=tuple(chunks), compressors=codec, overwrite=True)
        files = [file for file in Path(path, "c").rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in files) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    return x.nbytes


# %% mistake: 16,384 items, not bytes
# promise: these chunks have at most 16,384 bytes together, before compression
# points: 1.5
# message: A slice unpacks the whole array: it is one chunk. Cut it along `axis`.
def store_zarr(path, x, axis, limit):
    n = min(x.shape[axis], 16384 // x.itemsize)
    ch = tuple(n if i == axis else s for i, s in enumerate(x.shape))
    zarr.create_array(path, data=x, chunks=ch, compressors=BloscCodec(cname="zstd", shuffle="bitshuffle"), overwrite=True)


def store_hdf5(path, x, axis, limit):
    n = min(x.shape[axis], 16384 // x.itemsize)
    ch = tuple(n if i == axis else s for i, s in enumerate(x.shape))
    with h5py.File(path, "w") as f:
        f.create_dataset("x", data=x, chunks=ch, compression="gzip", shuffle=True)


# %% mistake: a slice in four pieces
# promise: The thicker the chunks are, the better they compress.
# points: 2.5
# message: A chunk of one slice holds too little for a compressor. Put as many slices into it as 16,384 bytes hold.
def store_zarr(path, x, axis, limit):
    other = 0 if axis else 1
    ch = list(x.shape); ch[axis] = 1; ch[other] = max(1, -(-x.shape[other] // 4))
    best = None
    for how in ("noshuffle", "shuffle", "bitshuffle"):
        zarr.create_array(path, data=x, chunks=tuple(ch), compressors=BloscCodec(cname="zstd", shuffle=how), overwrite=True)
        size = sum(f.stat().st_size for f in Path(path, "c").rglob("*") if f.is_file())
        if size <= limit: break


def store_hdf5(path, x, axis, limit):
    other = 0 if axis else 1
    ch = list(x.shape); ch[axis] = 1; ch[other] = max(1, -(-x.shape[other] // 4))
    with h5py.File(path, "w") as f:
        f.create_dataset("x", data=x, chunks=tuple(ch), compression="gzip", shuffle=True)


# %% mistake: keeps the last setting, not the best
# promise: No setting suits all data, so try several, and count what they take.
# points: 3.25
# message: You try all settings, and the last one stays, however large. Stop at the first within the limit, or store the best once more.
def store_zarr(path, x, axis, limit):
    c = list(x.shape); c[axis] = max(1, 16384 // (x.nbytes // x.shape[axis]))
    for how in ("noshuffle", "bitshuffle", "shuffle"):
        zarr.create_array(path, data=x, chunks=tuple(c), compressors=BloscCodec(cname="zstd", shuffle=how), overwrite=True)


def store_hdf5(path, x, axis, limit):
    c = list(x.shape); c[axis] = max(1, 16384 // (x.nbytes // x.shape[axis]))
    for sh in (True, False):
        with h5py.File(path, "w") as f:
            f.create_dataset("x", data=x, chunks=tuple(c), compression="gzip", shuffle=sh)


# %% mistake: turns the axes
# promise: stores an array as a Zarr array at `path`
# points: 1.5
# message: You stored another array, with its axes turned. Leave it as it is: the chunks can be thin along any axis.
def store_zarr(path, x, axis, limit):
    y = np.moveaxis(x, axis, 0)
    n = 16384 // (x.nbytes // x.shape[axis])
    for how in ("shuffle", "noshuffle"):
        zarr.create_array(path, data=np.ascontiguousarray(y), chunks=(n, *y.shape[1:]), compressors=BloscCodec(cname="zstd", shuffle=how), overwrite=True)
        if sum(f.stat().st_size for f in Path(path, "c").rglob("*") if f.is_file()) <= limit: break


def store_hdf5(path, x, axis, limit):
    y = np.moveaxis(x, axis, 0)
    n = 16384 // (x.nbytes // x.shape[axis])
    for sh in (True, False):
        with h5py.File(path, "w") as f:
            d = f.create_dataset("x", data=y, chunks=(n, *y.shape[1:]), compression="gzip", shuffle=sh)
            if d.id.get_storage_size() <= limit: break


# %% mistake: a filter without a compressor
# promise: all chunks of the array together take at most `limit` bytes, after compression.
# points: 3.25
# message: Shuffle alone makes nothing smaller. It prepares the bytes for a compressor: gzip.
def store_zarr(path, x, axis, limit):
    c = list(x.shape); c[axis] = max(1, 16384 // (x.nbytes // x.shape[axis]))
    for how in ("shuffle", "noshuffle"):
        zarr.create_array(path, data=x, chunks=tuple(c), compressors=BloscCodec(cname="zstd", shuffle=how), overwrite=True)
        if sum(f.stat().st_size for f in Path(path, "c").rglob("*") if f.is_file()) <= limit: break


def store_hdf5(path, x, axis, limit):
    c = list(x.shape); c[axis] = max(1, 16384 // (x.nbytes // x.shape[axis]))
    with h5py.File(path, "w") as f:
        f.create_dataset("x", data=x, chunks=tuple(c), shuffle=True)


# %% right: the smallest of all settings
def store_zarr(path, x, axis, limit):
    def chunk_bytes(path):
        return sum(f.stat().st_size for f in Path(path).rglob("*") if f.is_file() and f.name != "zarr.json")

    thick = max(1, 16384 // (x.nbytes // x.shape[axis]))
    chunks = tuple(min(thick, n) if k == axis else n for k, n in enumerate(x.shape))
    sizes = {}
    for how in ["noshuffle", "shuffle", "bitshuffle"]:
        zarr.create_array(path, data=x, chunks=chunks, overwrite=True,
                          compressors=BloscCodec(cname="zstd", clevel=7, shuffle=how))
        sizes[how] = chunk_bytes(path)
    best = min(sizes, key=sizes.get)
    zarr.create_array(path, data=x, chunks=chunks, overwrite=True,
                      compressors=BloscCodec(cname="zstd", clevel=7, shuffle=best))


def store_hdf5(path, x, axis, limit):
    thick = max(1, 16384 // (x.nbytes // x.shape[axis]))
    chunks = tuple(min(thick, n) if k == axis else n for k, n in enumerate(x.shape))
    with h5py.File(path, "w") as file:
        for shuffle in (False, True):
            if "x" in file:
                del file["x"]
            file.create_dataset("x", data=x, chunks=chunks, compression="gzip",
                                compression_opts=9, shuffle=shuffle)
            if file["x"].id.get_storage_size() <= limit:
                return


# %% right: other compressors, thinner chunks
def store_zarr(path, x, axis, limit):
    from zarr.codecs import ZstdCodec

    chunks = list(x.shape)
    chunks[axis] = max(1, 14000 // (x.nbytes // x.shape[axis]))
    for codec in (ZstdCodec(level=5), BloscCodec(cname="zstd", shuffle="bitshuffle"), BloscCodec(shuffle="shuffle")):
        array = zarr.create_array(path, shape=x.shape, dtype=x.dtype, chunks=tuple(chunks),
                                  compressors=codec, overwrite=True)
        array[:] = x
        if array.nbytes_stored() <= limit:
            return


def store_hdf5(path, x, axis, limit):
    import os

    chunks = list(x.shape)
    chunks[axis] = max(1, 15000 // (x.nbytes // x.shape[axis]))
    if os.path.exists(path):
        os.remove(path)
    for mode in ({"shuffle": True}, {}):
        with h5py.File(path, "w") as file:
            dataset = file.create_dataset("x", x.shape, x.dtype, chunks=tuple(chunks), compression=6, **mode)
            dataset[...] = x
            file.flush()
            size = dataset.id.get_storage_size()
        if size <= limit:
            break


# %% right: tries on a copy in memory
def store_zarr(path, x, axis, limit):
    import shutil

    shutil.rmtree(path, ignore_errors=True)
    chunks = tuple(16384 // (x.nbytes // n) if k == axis else n for k, n in enumerate(x.shape))
    part = np.take(x, range(chunks[axis]), axis=axis)
    tries = {
        how: len(blosc.compress(part.tobytes(), x.itemsize, shuffle=number, cname="zstd", clevel=5))
        for how, number in (("noshuffle", blosc.NOSHUFFLE), ("shuffle", blosc.SHUFFLE))
    }
    how = min(tries, key=tries.get)
    zarr.create_array(path, data=x, chunks=chunks, compressors=[BloscCodec(cname="zstd", shuffle=how)])


def store_hdf5(path, x, axis, limit):
    chunks = tuple(16384 // (x.nbytes // n) if k == axis else n for k, n in enumerate(x.shape))
    with h5py.File("memory", "w", driver="core", backing_store=False) as scratch:
        sizes = {
            shuffle: scratch.create_dataset(str(shuffle), data=x, chunks=chunks, compression="gzip",
                                            shuffle=shuffle).id.get_storage_size()
            for shuffle in (True, False)
        }
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=chunks, compression="gzip", shuffle=min(sizes, key=sizes.get))


# %% right: opens the file again
def store_zarr(path, x, axis, limit):
    per = x.nbytes / x.shape[axis]
    c = tuple(max(1, int(16384 / per)) if a == axis else s for a, s in enumerate(x.shape))
    for how in ("bitshuffle", "noshuffle", "shuffle"):
        z = zarr.create_array(store=path, data=x, chunks=c, compressors=BloscCodec(cname="zstd", shuffle=how), overwrite=True)
        if sum(p.stat().st_size for p in Path(path).glob("c/**/*") if p.is_file()) <= limit:
            return


def store_hdf5(path, x, axis, limit):
    per = x.nbytes / x.shape[axis]
    c = tuple(min(s, int(16384 / per)) if a == axis else s for a, s in enumerate(x.shape))
    f = h5py.File(path, "w")
    d = f.create_dataset("x", data=x, chunks=c, compression="gzip", shuffle=True)
    if d.id.get_storage_size() > limit:
        f.close()
        f = h5py.File(path, "w")
        f.create_dataset("x", data=x, chunks=c, compression="gzip")
    f.close()


# %% right: counts up to the thickest chunk
def store_zarr(path, x, axis, limit):
    from zarr.codecs import GzipCodec
    c = list(x.shape)
    c[axis] = 1
    while c[axis] < x.shape[axis] and (c[axis] + 1) * (x.nbytes // x.shape[axis]) <= 16384:
        c[axis] += 1
    for codec in (GzipCodec(level=9), BloscCodec(cname="zstd", clevel=9, shuffle="shuffle")):
        zarr.create_array(path, data=x, chunks=c, compressors=[codec], overwrite=True)
        if sum(p.stat().st_size for p in Path(path, "c").rglob("*") if not p.is_dir()) <= limit:
            break


def store_hdf5(path, x, axis, limit):
    c = list(x.shape)
    c[axis] = 1
    while c[axis] < x.shape[axis] and (c[axis] + 1) * (x.nbytes // x.shape[axis]) <= 16384:
        c[axis] += 1
    for kw in ({"compression": "gzip", "compression_opts": 9}, {"compression": "gzip", "shuffle": True, "compression_opts": 9}):
        with h5py.File(path, "w") as f:
            f.create_dataset("x", data=x, chunks=tuple(c), **kw)
            if f["x"].id.get_storage_size() <= limit:
                break
