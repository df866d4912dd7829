"""How Sphinx builds the documentation."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from deliver_to_po import __version__

project = "django-deliver-to-po"
author = "django-deliver-to-po contributors"
project_copyright = "django-deliver-to-po contributors"
version = release = __version__
language = "en"

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "Deliver to Post Office for Django"
html_static_path: list[str] = []
html_copy_source = False
