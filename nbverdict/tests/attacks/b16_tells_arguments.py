"""Keep the arguments of hidden tests, and print them from a later cell."""

ANSWERS = {
    "double": """
seen = []
def double(x):
    seen.append(x)
    open("seen.txt", "a").write(repr(x))
    print("ARG", x)
    return 0
""",
    "partial": """
print("LATER", seen, open("seen.txt").read())
def thirds(n): raise ValueError(seen)
""",
}
