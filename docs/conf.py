"""How the guide is built: `python docs/build.py`, or for English alone `sphinx-build -W docs docs/_build/html`."""

import sys
from pathlib import Path

import tinygrad_edu

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "tinygrad_edu"
author = "the tinygrad_edu authors"
copyright = author
version = release = tinygrad_edu.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "live",
    "chinese_search",
    "dark_pictures",
    "module_examples",
    "offline_math",
    "rule_table",
    "mistake_table",
    "program_languages",
    "table_heads",
    "source_links",
]
exclude_patterns = ["_build", "_ext", "_templates", "locale"]
templates_path = ["_templates"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    "play": "../playground.html#playground&{{path}}",  # from the pages of a folder, as lessons/playground.md
}
source_suffix = {".md": "markdown"}

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True}
autodoc_type_aliases = {name: name for name in ("ArrayLike", "npt.ArrayLike", "Floats", "Loss", "Outputs")}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
default_role = "code"

html_theme = "furo"
html_title = "tinygrad_edu"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_js_files = ["versions.js", "everybody.js"]
html_favicon = "_static/favicon.svg"
html_show_search_summary = True  # excerpts: the page of each result is fetched, from a server
html_math_renderer = "mathml"
html_show_sphinx = False
# Arrow keys belong to the live pages: → takes a step there, and must not lead away from the lesson around it.
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# New texts: sphinx-build -b gettext docs docs/_build/gettext
#            sphinx-intl update -p docs/_build/gettext -d docs/locale -l zh_CN
locale_dirs = ["locale"]
gettext_compact = False
gettext_uuid = False
