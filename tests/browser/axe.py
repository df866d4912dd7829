"""Asks axe-core what people who cannot see, point or read small print stumble over on a page.

``vendor/axe.min.js`` is axe-core 4.14.1 (Mozilla Public License 2.0, beside it), so that nothing is fetched.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FOUND = """async ([within, rules]) => (
    await axe.run(within || document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) })
).violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, html }) => `${id}: ${help} (${target}: ${html})`))"""


def violations(page: Page) -> list[str]:
    """Return one line for each thing that is wrong with the page as it is now: the rule and the element."""
    return _violations(page, None, None)


def violations_in_content(page: Page, rules: list[str] = WCAG) -> list[str]:
    """Return what breaks WCAG 2.2 AA in what this package shows on a page of the admin, Django's frame left out.

    ``rules`` are those to be judged by, or their tags.
    """
    return _violations(page, "#content", rules)


def _violations(page: Page, within: str | None, rules: list[str] | None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        # Evaluated, not added as an element: a page's Content-Security-Policy does not matter for that.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(FOUND, [within, rules])
    return [str(line)[:400] for line in found]
