"""Put HTML, scripts and terminal control into messages and outputs."""


def change(notebook):
    script = "<script>alert('grading_attack')</script>"
    cell = {"cell_type": "markdown", "id": "evil", "metadata": {}, "source": script}
    notebook["cells"].append(cell)
    notebook["metadata"]["title"] = script


ANSWERS = {
    "double": """
EVIL = "<script>alert('grading_attack')</script><img src=x onerror=alert(1)>"
class Evil(Exception): pass
Evil.__name__ = Evil.__qualname__ = EVIL
def double(x): raise Evil(EVIL + chr(27) + "[2J" + chr(27) + "]0;owned" + chr(7))
from IPython.display import HTML, Javascript, display
display(HTML(EVIL)); display(Javascript("alert('grading_attack')"))
print(EVIL, chr(27) + "[2Jgone")
""",
}
