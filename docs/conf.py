"""Sphinx settings of the website. tools.site lays out the pages and calls Sphinx."""

from html import escape
from urllib.parse import urlsplit

from docutils import nodes

from tools.site_links import ADDRESS, REPOSITORY, on_binder

project = "Bigger than memory"
DESCRIPTION = "A course on NumPy arrays that do not fit in memory."
author = "the authors of Bigger than memory"
copyright = "the authors; text CC BY 4.0, code BSD-3-Clause"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_design",
]
# Lessons arrive executed. Sphinx runs nothing, so a page shows what a learner would see.
nb_execution_mode = "off"
# The progress text of a cell that ran long is not part of a page.
nb_merge_streams = True
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
# Lessons link to the headings of the glossary.
myst_heading_anchors = 3
autosummary_generate = True
autodoc_member_order = "bysource"
napoleon_google_docstring = False

exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
# A notebook's download links and interactive widgets point outside the static site.
# Attributes of several classes share plain names such as "path"; that is no broken link.
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure", "ref.python"]


html_theme = "sphinx_book_theme"
html_title = "Bigger than memory"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["course.css"]
html_js_files = [("predict.js", {"defer": "defer"})]
html_theme_options = {
    "repository_url": REPOSITORY,
    "repository_branch": "main",
    "path_to_docs": "",
    "use_repository_button": True,
    # "Run it": the page's own notebook, in JupyterLab, on Binder.
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "show_toc_level": 2,
    "use_fullscreen_button": False,
    "use_download_button": False,
    # On every page: the course itself, from its first lesson.
    "icon_links": [
        {
            "name": "Run the course on Binder",
            "url": on_binder("notebooks/00_measuring.ipynb"),
            "icon": "fa-solid fa-rocket",
        }
    ],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_last_updated_fmt = None
html_copy_source = False
# The list of modules is api/index; Sphinx's own has pictures without words.
html_domain_indices = False
html_baseurl = ADDRESS
# Asked for from any folder, the page of a missing page needs the site's own.
NOT_FOUND = "404"


def describe(app, pagename, templatename, context, doctree):
    """Say in a page's head what it is about, for searches and for links that are passed on."""
    about = DESCRIPTION if doctree is None else first_words(doctree)
    tags = {"og:title": context.get("title") or project, "og:description": about,
            "og:type": "website", "og:image": f"{ADDRESS}_static/card.png"}  # fmt: skip
    lines = [f'<meta name="description" content="{escape(about)}" />']
    lines += [f'<meta property="{k}" content="{escape(v)}" />' for k, v in tags.items()]
    if pagename == NOT_FOUND:
        lines.insert(0, f'<base href="{urlsplit(ADDRESS).path}" />')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def first_words(doctree):
    """Return the first paragraph of a page that is no box and says more than a label."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section) and len(paragraph.astext()) > 50:
            return " ".join(paragraph.astext().split())[:200]
    return DESCRIPTION


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", describe)
