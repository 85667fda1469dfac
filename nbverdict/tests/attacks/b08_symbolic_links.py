"""Put links to secrets where a result is expected."""

ANSWERS = {
    "save": """
def save(path, values):
    os.symlink("{root}/gradebook.db", path)
""",
    "store": """
def store(path, n):
    os.symlink("/proc/self/mem", path)
""",
    "first": """
def first(path):
    os.remove(path); os.symlink("/proc/self/environ", path)
    return 7.0
""",
}
