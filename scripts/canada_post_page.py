"""Writes docs/reference/canada-post.md from scripts/canada_post_facts.py and the code: ``python -m`` this."""

from collections.abc import Iterator
from pathlib import Path

from deliver_to_po.canadapost.calling.throttle import PUBLISHED, webservices_limits
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from deliver_to_po.core.defaults import DEFAULTS
from scripts.canada_post_facts import OPERATIONS, UNKNOWN, WORDS, XML_SHIPMENTS, Known, Operation

WITHOUT_CONTRACT = "/rs/{customer}/ncshipment"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "canada-post.md"
KINDS = {
    "offices": "post offices",
    "rating": "prices, services, options",
    "shipments": "shipments and their documents",
    "void": "voids and refunds",
    "tracking": "tracking",
}

HEAD = """# Canada Post

<!-- Written by `python -m scripts.canada_post_page`; change scripts/canada_post_facts.py instead. -->

What the client does over each of Canada Post's two APIs, and how surely each call is known. **No live Canada Post was
within reach when this was written.** What is known for sure is followed to the letter; where something is inferred or
unknown, answers are read tolerantly. `manage.py d2po_doctor --record FILE` turns a first live contact into a file of
shapes, without values, that settles the open questions: please send it.

A method whose column says **no** raises `errors.NotSupported` before any call; `client.capabilities` says so
beforehand. Where one thing is said of how surely a call is known, it goes for the request and for the answer.
"""


def is_supported(operation: Operation, capabilities: Capabilities) -> bool:
    """Say whether a client with these capabilities can do it."""
    return not operation.capability or bool(getattr(capabilities, operation.capability))


def how_sure(known: Known) -> str:
    """Return in words how surely the request and the answer are known."""
    if known.request == known.answer:
        return WORDS[known.request]
    answer = f"**{WORDS[known.answer]}**" if known.answer in "IU" else WORDS[known.answer]
    return f"request: {WORDS[known.request]}; answer: {answer}"


def _cell(known: Known | None, *, supported: bool) -> str:
    return f"`{known.call}`<br>{how_sure(known)}" if supported and known else "**no**"


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "| Method | Portal (JSON) | Web services (XML) | Without a contract |"
    yield "|---|---|---|---|"
    for operation in OPERATIONS:
        portal = _cell(operation.portal, supported=is_supported(operation, PortalCanadaPost.capabilities))
        xml = _cell(operation.webservices, supported=is_supported(operation, WebServicesCanadaPost.capabilities))
        without = _without_contract(operation)
        yield f"| `{operation.method}`<br>{operation.does} | {portal} | {xml} | {without} |"


def _without_contract(operation: Operation) -> str:
    """Return what differs without a contract; a shipment is then charged at once, so that nothing can be voided."""
    clients = (NonContractPortal, NonContractCanadaPost)
    if not any(is_supported(operation, client.capabilities) for client in clients):
        return "**no**"
    if operation.method == "create_shipment":
        return (
            f"portal: the same, with `transmitShipment` and `CreditCard`: {WORDS['C']}<br>"
            f"XML: `POST {WITHOUT_CONTRACT}`: {WORDS['C']}; to a post office: **{WORDS['I']}**"
        )
    if operation.method == "find_shipments":
        return f"portal: the same<br>XML: `GET {WITHOUT_CONTRACT}?from=…&to=…`: {WORDS['C']}"
    below_shipments = operation.webservices is not None and XML_SHIPMENTS in operation.webservices.call
    return f"the same, with XML below `{WITHOUT_CONTRACT}`" if below_shipments else "the same"


def _notes() -> Iterator[str]:
    yield "\n## What to know of single calls\n"
    for operation in OPERATIONS:
        for api, known in (("portal", operation.portal), ("XML", operation.webservices)):
            if known and known.note and known.note != "As above.":
                yield f"- `{operation.method}`, {api}. {known.note}"


def _sign_in() -> Iterator[str]:
    yield "\n## Signing in\n"
    yield "| API | How | How surely known |"
    yield "|---|---|---|"
    yield f"| portal | OAuth 2.0, client credentials; a new token a minute before the old one ends | {WORDS['C']} |"
    yield f"| web services | HTTP Basic with the API key | {WORDS['C']} |"


def _limits() -> Iterator[str]:
    ours = webservices_limits(DEFAULTS["CANADA_POST"]["CALLS_PER_MINUTE"]).by_kind
    yield "\n## Limits\n"
    yield (
        f"All processes that share `CACHE` together stay below `CALLS_PER_MINUTE` "
        f"({DEFAULTS['CANADA_POST']['CALLS_PER_MINUTE']} by default) and, with the web services, a tenth below what "
        "Canada Post publishes for any 60 seconds. The last quarter is kept for buyers who wait. For the portal "
        "Canada Post publishes no numbers; a pause of 250 ms between calls and a minute of silence after a rejection "
        f"are {WORDS['S']}, and that silence is kept.\n"
    )
    yield "| Web services | Canada Post publishes, in 60 s | the client makes at most, by default |"
    yield "|---|---|---|"
    for kind, published in PUBLISHED.items():
        yield f"| {KINDS[kind]} | {published} | {ours[kind]} |"


def _unknown() -> Iterator[str]:
    yield "\n## Still unknown\n"
    yield from (f"- {sentence}" for sentence in UNKNOWN)


def page() -> str:
    """Return the whole page."""
    parts = (_operations(), _notes(), _sign_in(), _limits(), _unknown())
    return HEAD + "\n" + "\n".join(line for part in parts for line in part) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
