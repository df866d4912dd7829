"""From a key to the list of suggested places, in Chromium, beside the barest filter that draws the same list."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, Route, sync_playwright

from bench.contest import Row
from tests.chromium import find_chromium, launch_arguments

STATIC = Path(__file__).resolve().parent.parent / "deliver_to_po" / "static" / "deliver_to_po"
ADDRESS = "http://bench.invalid/"
HAS_CHROMIUM = find_chromium() is not None
KINDS = {".js": "text/javascript", ".json": "application/json", ".css": "text/css"}
PAGE = """<!doctype html><html lang="en"><title>Bench</title><link rel="stylesheet" href="step.css">
<link rel="stylesheet" href="suggest.css"><div class="d2po" lang="en"><form><input id="d2po-q">
<d2po-suggest data-field="d2po-q" data-style="suggest.css" data-places="/places.json"
  data-navigation="/vendor/combobox-nav-3.0.2.js"></d2po-suggest>
<button type="submit"></button></form>
<ul id="bare" class="d2po-suggestions"></ul></div><script type="module" src="suggest.js"></script>"""
# What somebody types, key by key.
TYPED = ["mo", "moo", "moose", "st j", "trois-r", "quebec", "victoria", "saint-jean", "vanc", "zzzz"]
# Each text is typed ``rounds`` times, in turns with the rival; the answer is milliseconds of both for each key.
MEASURE = """async ([typed, rounds]) => {
  const field = document.getElementById("d2po-q"), list = document.getElementById("d2po-suggestions");
  const bare = document.getElementById("bare");
  const { places } = await (await fetch("places.json")).json();
  const names = Object.values(places).flatMap((all) => all.toLowerCase().split("|"));
  const ours = () => { field.dispatchEvent(new Event("input", { bubbles: true })); return list.offsetHeight; };
  const theirs = () => {
    const wanted = field.value.toLowerCase();
    const found = names.filter((name) => name.includes(wanted)).slice(0, 6);
    bare.replaceChildren(...found.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
    return bare.offsetHeight;
  };
  const times = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const text of typed) {
      field.value = text;
      for (const turn of [0, 1]) {
        const which = (round + turn) % 2;
        const began = performance.now();
        (which ? theirs : ours)();
        times[which].push(performance.now() - began);
      }
    }
  }
  return times;
}"""


def suggestions() -> Iterator[Row]:
    """Measure the milliseconds of script and layout from a key to the list, the table loaded."""
    if not HAS_CHROMIUM:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_arguments())
        page = browser.new_page()
        page.route(f"{ADDRESS}**", _answer)
        ours, bare = (median(times) for times in _times(page))
        browser.close()
    yield Row("suggestions", ours, ours / bare, "a bare filter that draws the same list", 2)


def _times(page: Page) -> list[list[float]]:
    page.goto(ADDRESS)
    page.focus("#d2po-q")
    page.wait_for_selector("#d2po-q[role=combobox]")
    page.evaluate(MEASURE, [TYPED, 20])
    times: list[list[float]] = page.evaluate(MEASURE, [TYPED, 60])
    return times


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if not path:
        route.fulfill(body=PAGE, content_type="text/html")
    elif (file := STATIC / path).is_file():
        route.fulfill(path=file, content_type=KINDS[file.suffix])
    else:
        route.fulfill(status=404)
