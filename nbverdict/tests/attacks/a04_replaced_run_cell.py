"""Replace the shell's methods that run cells."""

ANSWERS = {
    "double": """
def double(x): return 0
shell = get_ipython()
for name in ("run_cell", "run_code", "run_ast_nodes", "run_cell_async", "_run_cell"):
    setattr(shell, name, lambda *a, **k: None)
""",
}
