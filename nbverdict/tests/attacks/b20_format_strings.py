"""Overload formatting, names and documentation of what is returned."""

ANSWERS = {
    "double": """
class Text(str):
    def __format__(self, spec): return "6"
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Evil(ValueError):
    def __str__(self): raise SystemExit
    args = property(lambda self: 1 / 0)
def double(x): raise Evil(Text("x"))
double.__name__ = Text("double")
""",
    "partial": """
class Meta(type):
    __name__ = "int"
    def __getattribute__(self, name): raise KeyError(name)
class Odd(metaclass=Meta): pass
def thirds(n): return Odd
""",
}
