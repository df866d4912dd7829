"""Asks axe-core, which lies beside the tests, what people who cannot see, point or read small print stumble over."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FOUND = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap(
    ({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`),
)"""


def violations(page: Page) -> list[str]:
    """Return one line for each thing that is wrong with the page as it is now: the rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FOUND)
    return found
