"""Return objects that are equal to everything."""

ANSWERS = {
    "double": """
class Everything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __bool__(self): return True
    def __abs__(self): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__
    def __float__(self): return 6.0
    def __len__(self): return 3
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __hash__(self): return 0
    def __array__(self, *a, **k): return np.zeros(5)
    def __iter__(self): return iter([self])

def double(x): return Everything()
""",
    "partial": """
def thirds(n): return Everything()
""",
    "first": """
def first(path): return Everything()
""",
    "point": """
def Point(x, y): return Everything()
""",
}
