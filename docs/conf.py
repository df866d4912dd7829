"""How Sphinx builds the documentation; the tables of states and moves are drawn from the code while it does."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
# The documentation needs the app, not the example shop.
os.environ["TEST_ORDER_KEY"] = "uuid"

import django

django.setup()

from deliver_to_po import __version__

project = "django-deliver-to-po"
author = "django-deliver-to-po contributors"
project_copyright = "django-deliver-to-po contributors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "moves"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "Deliver to Post Office for Django"
html_static_path: list[str] = []
html_copy_source = False
