"""Leave many processes behind."""

ANSWERS = {
    "double": """
import subprocess
def double(x): return 0
for n in range(5):
    subprocess.Popen(["sh", "-c", "sleep 98765 & sleep 98765 & wait"], start_new_session=True)
""",
}
