"""Compiles the message catalogues while the package is built or installed, so that nobody needs gettext."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface[Any]):
    """Makes every ``.mo`` of the package anew; hatchling takes them in through ``artifacts``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before files are collected, for wheels and for editable installs alike."""
        root = Path(self.root)
        script = runpy.run_path(str(root / "scripts" / "compile_messages.py"))
        script["compile_catalogues"](root / "deliver_to_po")
