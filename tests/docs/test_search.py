"""The search of the built pages finds the answers: what somebody types shows a right page among the first five."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.docs.questions import QUESTIONS, WORDS

# The database too, since other tests of the same process want it while the browser is open.
pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.usefixtures("database_beside_playwright")]
ROOT = Path(__file__).resolve().parents[2]
# What nobody has mended yet: no heading of a clerk's page has these words.
MISSED = {"put on hold"}
DONE = "() => document.querySelector('#search-results .search-summary')?.textContent.match(/found|not match/)"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the built pages."""
    folder = tmp_path_factory.mktemp("html")
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-b", "html", "docs", str(folder)], cwd=ROOT, check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def found(page: Page, built: str, typed: str) -> list[str]:
    """Return the first five pages that the search shows."""
    page.goto(f"{built}search.html?{urlencode({'q': typed})}")
    page.wait_for_function(DONE)
    links = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
    return list(dict.fromkeys(link.removeprefix(built).partition(".html")[0] for link in links))[:5]


def test_the_search_shows_a_page_that_answers(browser: Browser, built: str) -> None:
    page = browser.new_page()
    asked = {question.types: question.pages for question in QUESTIONS} | WORDS
    missed = {
        typed: shown for typed, pages in asked.items() if not set(pages) & set(shown := found(page, built, typed))
    }
    page.close()
    assert {typed: shown for typed, shown in missed.items() if typed not in MISSED} == {}
