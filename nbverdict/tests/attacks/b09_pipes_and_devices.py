"""Put a pipe, a directory and a device where a result is expected."""

ANSWERS = {
    "save": """
def save(path, values): os.mkfifo(path)
""",
    "store": """
def store(path, n):
    try: os.mknod(path, 0o20666, os.makedev(1, 5))
    except OSError: os.symlink("/dev/zero", path)
""",
}
