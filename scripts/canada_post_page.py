"""Writes docs/reference/canada-post.md from scripts/canada_post_facts.py and the code: ``python -m`` this."""

from collections.abc import Iterator
from pathlib import Path

from deliver_to_po.canadapost.calling.throttle import PUBLISHED
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from deliver_to_po.core.defaults import DEFAULTS
from scripts.canada_post_facts import OPERATIONS, UNKNOWN, WORDS, Known, Operation

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

Where nothing else is said, request and answer are known from Canada Post's own text or schema. *Noted* is noted without
saying how surely. A method whose column says **no** raises `errors.NotSupported` before any call.
"""


def is_supported(operation: Operation, capabilities: Capabilities) -> bool:
    """Say whether a client with these capabilities can do it."""
    return not operation.capability or bool(getattr(capabilities, operation.capability))


def how_sure(known: Known) -> str:
    """Return in words what is known less surely than from Canada Post itself; ``""`` for nothing."""
    if known.request == known.answer:
        return WORDS[known.request]
    parts = (("request", known.request), ("answer", known.answer))
    return "; ".join(f"{what} {WORDS[letter]}" for what, letter in parts if WORDS[letter])


def _cell(known: Known | None, *, supported: bool) -> str:
    if not (supported and known):
        return "**no**"
    return f"`{known.call}`" + (f"<br>{how_sure(known)}" if how_sure(known) else "")


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "| Method | Portal (JSON) | Web services (XML) |"
    yield "|---|---|---|"
    for operation in OPERATIONS:
        portal = _cell(operation.portal, supported=is_supported(operation, PortalCanadaPost.capabilities))
        xml = _cell(operation.webservices, supported=is_supported(operation, WebServicesCanadaPost.capabilities))
        yield f"| `{operation.method}` | {portal} | {xml} |"
    clients = (NonContractPortal, NonContractCanadaPost)
    lacking = [f"`{one.method}`" for one in OPERATIONS if not any(is_supported(one, c.capabilities) for c in clients)]
    yield (
        f"\nWithout a contract there is no {', '.join(lacking)}. The portal gets `transmitShipment` and "
        f"`CreditCard`; the XML goes below `{WITHOUT_CONTRACT}`, which is {WORDS['I']} for a shipment to a post office."
    )


def _notes() -> Iterator[str]:
    yield "\n## What to know of single calls\n"
    for operation in OPERATIONS:
        for api, known in (("portal", operation.portal), ("XML", operation.webservices)):
            if known and known.note and known.note != "As above.":
                yield f"- `{operation.method}`, {api}. {known.note}"


def _sign_in() -> Iterator[str]:
    yield "\n## Signing in\n"
    yield "Portal: OAuth 2.0, client credentials. Web services: HTTP Basic with the API key."


def _limits() -> Iterator[str]:
    published = "; ".join(f"{KINDS[kind]} {calls}" for kind, calls in PUBLISHED.items())
    yield "\n## Limits\n"
    yield (
        f"All processes that share `CACHE` together stay below `CALLS_PER_MINUTE` "
        f"({DEFAULTS['CANADA_POST']['CALLS_PER_MINUTE']} by default) and, with the web services, a tenth below what "
        f"Canada Post publishes for any 60 seconds ({published}). For the portal it publishes no numbers; a minute of "
        f"silence after a rejection is {WORDS['S']}, and kept."
    )


def _unknown() -> Iterator[str]:
    yield "\n## Still unknown\n"
    yield from (f"- {sentence}" for sentence in UNKNOWN)


def page() -> str:
    """Return the whole page."""
    parts = (_operations(), _notes(), _sign_in(), _limits(), _unknown())
    return HEAD + "\n" + "\n".join(line for part in parts for line in part) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
