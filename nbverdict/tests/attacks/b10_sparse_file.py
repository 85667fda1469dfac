"""Leave a file of a terabyte that takes no place."""

ANSWERS = {
    "save": """
def save(path, values):
    with open(path, "wb") as file: file.truncate(1 << 29)
    for n in range(20):
        with open(path + str(n), "wb") as file: file.truncate(1 << 29)
""",
}
