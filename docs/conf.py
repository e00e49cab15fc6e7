"""How the guide is built: `python docs/build.py`, or `sphinx-build -W docs docs/_build/html`."""

import sys
from pathlib import Path

import tinygrad_edu

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "tinygrad_edu"
author = "the tinygrad_edu authors"
version = release = tinygrad_edu.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "offline_math",
    "rule_table",
]
exclude_patterns = ["_build", "_ext", "locale"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
default_role = "code"

html_theme = "furo"
html_title = "tinygrad_edu"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_math_renderer = "mathml"
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

locale_dirs = ["locale"]
gettext_compact = False
gettext_uuid = False
