"""The shop that somebody makes who copies the page about Oscar."""

import sys
import tempfile
from pathlib import Path

from tests.docs.copied import OSCAR, blocks_of

# As `manage.py oscar_fork_app` writes them, but for the migrations, which it copies.
FORK = {
    "__init__.py": "",
    "apps.py": "from oscar.apps.{app} import apps\nclass {name}Config(apps.{name}Config):\n    name = 'shop.{app}'\n",
}


def modules() -> dict[str, str]:
    """Return the code of each module that the page says a shop writes."""
    return {block.file: block.code for block in blocks_of(OSCAR) if block.file.startswith("shop/")}


def write_shop() -> None:
    """Write the two forks and the adapter into a new folder, and let Python find them."""
    folder = Path(tempfile.mkdtemp())
    for app in ("checkout", "shipping"):
        for name, code in FORK.items():
            _write(folder / "shop" / app / name, code.format(app=app, name=app.capitalize()))
    _write(folder / "shop" / "shipping" / "models.py", "from oscar.apps.shipping.models import *\n")
    for file, code in modules().items():
        _write(folder / file, code)
    sys.path.insert(0, str(folder))


def _write(file: Path, code: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")
