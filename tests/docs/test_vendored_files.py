"""What the package brings of others' JavaScript: its version, its licence, and what the docs say of it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "deliver_to_po" / "static" / "deliver_to_po" / "vendor"
VERSION = "3.0.2"


def test_combobox_nav_is_the_version_that_the_docs_name() -> None:
    [file] = VENDOR.glob("*.js")
    libraries = (ROOT / "docs" / "explanation" / "decisions" / "0004-libraries.md").read_text(encoding="utf-8")
    template = (ROOT / "deliver_to_po" / "templates" / "deliver_to_po" / "suggestions.html").read_text(encoding="utf-8")
    assert file.name == f"combobox-nav-{VERSION}.js"
    assert file.read_text(encoding="utf-8").startswith(f"/*! @github/combobox-nav {VERSION},")
    assert f"@github/combobox-nav {VERSION}" in libraries
    assert f"vendor/{file.name}" in template


def test_its_licence_comes_with_it() -> None:
    assert "MIT License" in (VENDOR / "combobox-nav-LICENSE").read_text(encoding="utf-8")
