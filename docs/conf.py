"""How Sphinx builds the documentation."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import django

from deliver_to_po import __version__

# What is read from the code needs loaded apps.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

project = "django-deliver-to-po"
author = "django-deliver-to-po contributors"
project_copyright = "django-deliver-to-po contributors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True
# Types in signatures are named, not linked.
nitpick_ignore_regex = [("py:.*", ".*")]
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
add_module_names = False
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = "Deliver to Post Office for Django"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_copy_source = False
# A page that somebody can act on comes before the record of a decision.
html_search_scorer = str(HERE / "search_scorer.js")
