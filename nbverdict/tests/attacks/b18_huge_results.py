"""Return results that fill the memory of the trusted side."""

ANSWERS = {
    "double": """
def double(x): return np.zeros(1 << 31, np.int8)
""",
    "partial": """
def thirds(n): return [[0] * 1000] * 100000
""",
    "save": """
def save(path, values):
    while True: open(path, "ab").write(b"x" * (16 << 20))
""",
}
