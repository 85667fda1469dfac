"""Hide errors by replacing what shows them."""

ANSWERS = {
    "double": """
import sys
def double(x): return 0
get_ipython().showtraceback = lambda *a, **k: None
get_ipython()._showtraceback = lambda *a, **k: None
sys.excepthook = lambda *a: None
""",
}
