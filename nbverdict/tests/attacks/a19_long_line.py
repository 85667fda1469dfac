"""Print 50 MB on one line."""

ANSWERS = {
    "double": """
import sys
def double(x):
    print("x" * 50_000_000)
    sys.stderr.write("y" * 50_000_000)
    os.write(1, b"z" * 50_000_000)
    return 0
print("x" * 50_000_000)
""",
}
