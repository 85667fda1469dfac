"""Special methods that a stand-in asks for over the border, if the instructor's class has them."""

_UNARY = "__len__ __bool__ __neg__ __pos__ __abs__ __invert__ __int__ __float__ __complex__ \
__index__ __round__ __trunc__ __floor__ __ceil__ __str__ __repr__ __hash__ __reversed__".split()
_OPERATORS = "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift".split()
_BINARY = [
    f"__{side}{name}__" for name in _OPERATORS for side in ("", "r", "i")
] + "__getitem__ __contains__ __delitem__ __setitem__ __format__".split()
COMPARING = "__eq__ __ne__ __lt__ __le__ __gt__ __ge__".split()
SPECIAL = frozenset([*_UNARY, *_BINARY, *COMPARING, "__iter__", "__next__", "__call__"])
# What only looks into an object and is not told what the test expects: answers are plain data.
LOOKING = frozenset(
    "__len__ __iter__ __next__ __getitem__ __reversed__ __bool__ __int__ __float__ __index__ "
    "__str__ __repr__".split()
)
