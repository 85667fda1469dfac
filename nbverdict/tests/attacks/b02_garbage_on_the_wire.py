"""Send lengths that do not fit, deep nesting and huge frames."""

ANSWERS = {
    "double": """
import struct
def double(x):
    for fd in range(3, 64):
        try: os.write(fd, struct.pack("!IQ", 0xFFFFFFFF, 1 << 62))
        except OSError: pass
    return 0
""",
    "partial": """
def thirds(n):
    text = b"[" * 100000
    import struct
    for fd in range(3, 64):
        try: os.write(fd, struct.pack("!IQ", len(text), 0) + text)
        except OSError: pass
""",
    "save": """
def save(path, values):
    deep = []
    for n in range(100000): deep = [deep]
    return deep
""",
}
