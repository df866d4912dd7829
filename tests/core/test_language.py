"""French or English."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

import deliver_to_po
from deliver_to_po.core.language import current_language, language_of, shop_language

PACKAGE = Path(deliver_to_po.__file__).parent


@pytest.mark.parametrize(("active", "asked"), [("en", "en"), ("fr", "fr"), ("fr-ca", "fr"), ("de", "en"), (None, "en")])
def test_any_french_asks_canada_post_in_french(active: str | None, asked: str) -> None:
    with translation.override(active):
        assert current_language() == asked


@pytest.mark.parametrize(
    ("code", "language"),
    [("fr", "fr"), ("fr_CA", "fr"), ("FR", "fr"), ("en", "en"), ("af", "en"), ("", "en"), (None, "en")],
)
def test_any_spelling_of_french_is_french_and_all_else_english(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_a_shop_without_translations_speaks_english_whatever_its_language_code(settings: Any) -> None:
    settings.USE_I18N, settings.LANGUAGE_CODE = False, "fr-ca"

    assert (current_language(), shop_language(), language_of("fr")) == ("en", "en", "en")


def translated_while_imported(node: ast.AST, names: set[str]) -> Iterator[int]:
    """Yield the lines on which a text is translated before anybody has asked for it, in whatever language."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Lambda):
            continue
        if isinstance(child, ast.FunctionDef):
            at_once = [*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)]
            yield from (line for one in at_once for line in translated_while_imported(one, names))
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in names:
            yield child.lineno
        yield from translated_while_imported(child, names)


def eager_names(tree: ast.AST) -> set[str]:
    """Return what a module calls the functions that translate at once."""
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in ("gettext", "ngettext", "pgettext", "npgettext")
    }


def test_no_text_is_translated_while_its_module_is_imported() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    trees = {path: ast.parse(text) for path, text in texts.items() if "gettext" in text}
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path, tree in trees.items()
        for line in translated_while_imported(tree, eager_names(tree))
    ]
    assert found == []
