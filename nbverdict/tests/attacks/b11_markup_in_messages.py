"""Put HTML, scripts, links that run and terminal control into messages, texts and outputs."""

LINKS = """
[a](javascript:alert(1)) [b](JAVA&#115;CRIPT:alert(1)) [c](vbscript:x) [d][ref]
[e](data:text/html;base64,PHNjcmlwdD4=) <a href="data:text/html,x">f</a> [g](file:///etc/passwd)
![h](attachment:nowhere.png) ![i](javascript:alert(1)) <javascript:alert(1)> [j](https://a.b/c)

[ref]: javascript:alert(1)
"""


def change(notebook):
    script = "<script>alert('grading_attack')</script>"
    for number, source in enumerate((script, LINKS, "turned \u202e \x9b2J \x1b[2J \u2066 text")):
        cell = {"cell_type": "markdown", "id": f"evil{number}", "metadata": {}, "source": source}
        notebook["cells"].append(cell)
    notebook["metadata"]["title"] = script


ANSWERS = {
    "double": """
EVIL = "<script>alert('grading_attack')</script><img src=x onerror=alert(1)>"
class Evil(Exception): pass
Evil.__name__ = Evil.__qualname__ = EVIL
TURN = chr(0x202e) + chr(0x2066) + chr(0x9b) + "2J" + chr(27) + "[2J" + chr(27) + "]0;owned"
def double(x): raise Evil(EVIL + TURN + chr(7))
from IPython.display import HTML, Javascript, display
display(HTML(EVIL)); display(Javascript("alert('grading_attack')"))
print(EVIL, TURN + "gone")
""",
    "first": "def first(path): raise ValueError(TURN + EVIL)",
}
