"""JupyterLab for learners: this folder stands in JUPYTER_CONFIG_PATH for `make lab` and students.

`labconfig/page_config.json` turns off what only authors and teachers use, `custom/custom.css`
sets the page.
"""

from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (Jupyter provides it)
c.LabApp.custom_css = True
# The server has no setting of its own for this folder.
c.ServerApp.tornado_settings = {
    "static_custom_path": [str(Path(__file__).resolve().parent / "custom")]
}
