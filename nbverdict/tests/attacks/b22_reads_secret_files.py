"""Look for the instructor's secret files: on the disk, in modules, and among all objects."""

ANSWERS = {
    "double": """
import gc, sys
names = (".secret.json", ".diagnoses.json")
def files():
    for top in (os.getcwd(), os.path.dirname(os.getcwd()), "{root}/source", "{root}", *sys.path, "/tmp"):
        for folder, folders, found in os.walk(top):
            del folders[40:]
            yield from (os.path.join(folder, name) for name in found if name in names)
def objects():
    for name in ("counting", "course_lib.checking.diagnosis", "nbverdict.verdict.judge"):
        yield repr(vars(sys.modules.get(name, gc)))
    yield from (repr(o) for o in gc.get_objects() if isinstance(o, dict) and any(n in o for n in names))
def double(x):
    found = [open(path, "rb").read() for path in files()]
    print(found, [text for text in objects() if "SECRET_" + "7F3A9" in text])
    return 0
""",
}
