"""What is known of each operation of Canada Post, and how surely: the table behind docs/reference/canada-post.md.

Letters: C is Canada Post's own text or schema, O was seen live by published code, S was said by a third party, I is
inferred, U is unknown, and N was noted without saying how surely. Nobody who wrote this could reach Canada Post.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WORDS: Mapping[str, str] = {
    "C": "",
    "O": "seen live by others",
    "S": "said by a third party",
    "I": "**inferred**",
    "U": "**unknown**",
    "N": "noted",
}


@dataclass(frozen=True, slots=True)
class Known:
    """One call of one API: what is sent, how surely we know that, and how surely we know the answer."""

    call: str
    request: str
    answer: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of the client. ``capability`` is the flag that it needs; ``""`` where every client has it."""

    method: str
    capability: str
    portal: Known
    webservices: Known | None


SHIPMENTS = "/shipping/v1/{customer}/{mobo}"
XML_SHIPMENTS = "/rs/{customer}/{mobo}/shipment"

VOIDED = (
    "If the answer to a void got lost twice, and Canada Post knows no details of the shipment "
    "while it answers something else, it counts as void: what it answers then is unknown."
)

OPERATIONS = (
    Operation(
        "find_offices",
        "",
        Known(
            "GET /postoffice/v1/post-offices",
            "C",
            "I",
            "Several spellings are read. An empty list, and a 400 or 404 with a message of the "
            "service's own, count as none near.",
        ),
        Known(
            "GET /rs/postoffice",
            "C",
            "C",
            "The schema forbids an empty list, so what comes when no office is near is unknown: read as the portal's.",
        ),
    ),
    Operation(
        "office",
        "",
        Known(
            "GET /postoffice/v1/post-offices/{id}/details",
            "C",
            "I",
            "Hours in another form than HH:MM count as not known. A 404 means that the office is "
            "gone, unless a web page or the gateway answers it.",
        ),
        Known(
            "GET /rs/postoffice/{id}/detail",
            "C",
            "C",
            "That closed days are left out is inferred. A 404 in Canada Post's messages means that the office is gone.",
        ),
    ),
    Operation(
        "rates",
        "",
        Known(
            "POST /rating/v1/prices",
            "N",
            "O",
            "Without a contract the counter's prices are asked for. That commercial ones without an "
            "agreement are an empty list was seen live.",
        ),
        Known("POST /rs/ship/price", "C", "C"),
    ),
    Operation(
        "service",
        "",
        Known(
            "GET /rating/v1/services/{code}",
            "N",
            "I",
        ),
        Known("GET /rs/ship/service/{code}", "C", "C"),
    ),
    Operation(
        "option",
        "",
        Known("GET /rating/v1/options/{code}", "N", "N"),
        Known("GET /rs/ship/option/{code}", "C", "C"),
    ),
    Operation(
        "create_shipment",
        "",
        Known(
            f"POST {SHIPMENTS}/shipments",
            "C",
            "C",
            "Canada Post's schema lets through what breaks the rules of Deliver to Post Office; the "
            "client refuses it. Without a contract a shipment is charged to the default card at once: "
            "9174 and 1182 say that there is no valid card.",
        ),
        Known(
            f"POST {XML_SHIPMENTS}",
            "C",
            "C",
            "Without a contract there is no request id: after a lost answer nothing is sent again, "
            "and the shipment is looked for by time and by its first reference.",
        ),
    ),
    Operation(
        "find_shipments",
        "",
        Known(
            f"GET {SHIPMENTS}/shipments?requestId=",
            "C",
            "C",
            "An empty answer is no proof: a shipment made seconds ago may not show yet, and a name "
            "that Canada Post does not know may find nothing. Its collection of July 2026 spells "
            "requestId, published code request-id: both are asked. After 7314, or an XML 412 without "
            "a code, nothing is sent again.",
        ),
        Known(
            f"GET {XML_SHIPMENTS}?requestId=",
            "C",
            "C",
        ),
    ),
    Operation(
        "find_by_group",
        "manifests",
        Known(f"GET {SHIPMENTS}/shipments?groupId=", "C", "C"),
        Known(
            f"GET {XML_SHIPMENTS}?groupId=",
            "C",
            "C",
        ),
    ),
    Operation(
        "find_by_day",
        "",
        Known(f"GET {SHIPMENTS}/shipments?noManifest=true&date=", "C", "C", "The time zone of the day is unknown."),
        Known(
            f"GET {XML_SHIPMENTS}?noManifest=true&date=",
            "C",
            "C",
        ),
    ),
    Operation(
        "shipment",
        "",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}", "C", "C"),
    ),
    Operation(
        "shipment_details",
        "",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}/details", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}/details", "C", "C"),
    ),
    Operation(
        "label",
        "",
        Known(
            "GET the link label",
            "C",
            "C",
            "A redirect is followed, without credentials to another host; that there is one was seen live.",
        ),
        Known("GET the link label", "C", "C"),
    ),
    Operation(
        "void_shipment",
        "void",
        Known(f"DELETE {SHIPMENTS}/shipments/{{id}}", "C", "C", "Only a 204 or an empty 200 counts as done. " + VOIDED),
        Known(
            f"DELETE {XML_SHIPMENTS}/{{id}}",
            "C",
            "C",
            "As above.",
        ),
    ),
    Operation(
        "refund_shipment",
        "",
        Known(f"POST {SHIPMENTS}/shipments/{{id}}/refund", "C", "C"),
        Known(f"POST {XML_SHIPMENTS}/{{id}}/refund", "C", "C"),
    ),
    Operation(
        "groups",
        "manifests",
        Known(
            f"GET {SHIPMENTS}/groups",
            "C",
            "C",
        ),
        Known("GET /rs/{customer}/{mobo}/group", "C", "C"),
    ),
    Operation(
        "transmit",
        "manifests",
        Known(f"POST {SHIPMENTS}/manifests", "C", "C"),
        Known("POST /rs/{customer}/{mobo}/manifest", "C", "C"),
    ),
    Operation(
        "find_manifests",
        "manifests",
        Known(
            f"GET {SHIPMENTS}/manifests?from=…&to=…",
            "C",
            "C",
        ),
        Known("GET /rs/{customer}/{mobo}/manifest?start=…&end=…", "C", "C"),
    ),
    Operation(
        "manifest",
        "manifests",
        Known(
            f"GET {SHIPMENTS}/manifests/{{id}}",
            "C",
            "C",
            "9153 means that it is still being made, 9154 that the transmission failed afterwards, "
            "mostly for want of a default card. Whether its shipments are transmitted then is "
            "unknown: they stay marked so.",
        ),
        Known("GET /rs/{customer}/{mobo}/manifest/{id}", "C", "C"),
    ),
    Operation(
        "manifest_shipments",
        "manifests",
        Known("GET the link manifestShipments", "C", "I"),
        Known("GET the link manifestShipments", "C", "I"),
    ),
    Operation(
        "manifest_document",
        "manifests",
        Known("GET the link artifact", "C", "C"),
        Known("GET the link artifact", "C", "C"),
    ),
    Operation(
        "tracking_details",
        "",
        Known(
            "GET /tracking/v1/pins/{pin}/details",
            "C",
            "C",
            "A 404, and an answer that holds the error 004, count as not seen yet.",
        ),
        Known("GET /vis/track/pin/{pin}/detail", "C", "I", "As above."),
    ),
    Operation(
        "find_pins",
        "",
        Known(
            "GET /tracking/v1/refs/summaries?reference-number=…",
            "C",
            "I",
        ),
        Known("GET /vis/track/ref/summary?referenceNumber=…", "C", "I", "As above."),
    ),
    Operation(
        "outages",
        "outages",
        Known(
            "GET /serviceinfo/v1/shipments-service",
            "N",
            "U",
        ),
        None,
    ),
)

UNKNOWN = (
    "What the portal's answers about post offices look like.",
    "What Canada Post answers to an office id that is wrong or takes no parcels, and to missing data of the recipient.",
    "What it answers where no post office that takes parcels is near: an empty list or a 4xx is expected.",
    "Opening hours on holidays. Closed days are probably left out of the list.",
    "Which postal code to ask the price to. Probably the post office's, since that is where the parcel travels.",
    "Whether the XML API takes a shipment without a contract to a post office, and in which time zone it lists those.",
    "How long a token of the portal lives: texts disagree, so what the token itself says counts.",
    "The exact layout of Canada Post's own label. What this project draws is marked SPECIMEN, always.",
)
