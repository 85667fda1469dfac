"""Leave shared memory behind."""

ANSWERS = {
    "double": """
from multiprocessing import shared_memory, resource_tracker
def double(x): return 0
block = shared_memory.SharedMemory("grading_attack", create=True, size=1 << 20)
resource_tracker.unregister(block._name, "shared_memory")
open("/dev/shm/grading_attack_2", "wb").write(b"x" * 1000)
""",
}
