"""Publish a result that looks like partial credit."""

ANSWERS = {
    "partial": """
import sys
def thirds(n):
    print(3)
    sys.displayhook(3)
    shell = get_ipython()
    shell.outputs.data("execute_result", {"text/plain": "3"}, execution_count=1)
    return [n] * 2
""",
}
