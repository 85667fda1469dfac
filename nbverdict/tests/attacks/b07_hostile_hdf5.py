"""Write a damaged HDF5 file, and one whose data lie in another file."""

NEEDS = ("h5py",)
ANSWERS = {
    "store": """
import h5py, random
def store(path, n):
    with h5py.File(path, "w") as f:
        f.create_dataset("x", data=np.arange(64), chunks=(8,), compression="gzip")
    data = bytearray(open(path, "rb").read())
    random.seed(3)
    for _ in range(400): data[random.randrange(64, len(data))] = random.randrange(256)
    open(path, "wb").write(data)
""",
    "save": """
def save(path, values):
    with h5py.File(path, "w", userblock_size=512) as f:
        f["x"] = h5py.ExternalLink("{root}/gradebook.db", "/")
""",
}
