"""Loop for ever and ignore interrupts."""

ANSWERS = {
    "double": """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def double(x):
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
}
