"""Whether a page can be used by everybody, as axe-core judges: what it finds wrong, named with the element.

``vendor/axe.min.js`` is axe-core 4.14.1 (Mozilla Public License 2.0, beside it), so that nothing is fetched.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page, within: str = "#content") -> list[str]:
    """Return what axe finds wrong inside ``within``, each as rule, help and the elements' HTML."""
    if not page.evaluate("typeof window.axe === 'object'"):
        # Evaluated, not added as an element: a page's Content-Security-Policy does not matter for that.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    run = "([within, rules]) => axe.run(within, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
    found: dict[str, Any] = page.evaluate(run, [within, RULES])
    return [
        f"{each['id']}: {each['help']}: {', '.join(node['html'][:200] for node in each['nodes'])}"
        for each in found["violations"]
    ]
