"""End the process in the middle of the test."""

ANSWERS = {
    "double": """
def double(x): os._exit(0)
""",
    "partial": """
def thirds(n): os.kill(os.getpid(), 9)
""",
    "save": """
import sys
def save(path, values): sys.exit(0)
""",
}
