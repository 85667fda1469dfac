"""Make the process unreadable, so that counts are missing."""

ANSWERS = {
    "first": """
import ctypes
def first(path):
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
    return float(open(path, "rb").read()[-1])
""",
}
