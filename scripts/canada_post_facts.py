"""What is known of each operation of Canada Post, and how surely: the table behind docs/reference/canada-post.md.

Letters: C is Canada Post's own text or schema, O was seen live by published code, S was said by a third party, I is
inferred, U is unknown, and N was noted without saying how surely. Nobody who wrote this could reach Canada Post.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WORDS: Mapping[str, str] = {
    "C": "Canada Post's own text or schema",
    "O": "seen live by published code",
    "S": "said by a third party",
    "I": "inferred, never seen",
    "U": "unknown",
    "N": "noted without saying how surely",
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
    does: str
    capability: str
    portal: Known
    webservices: Known | None


SHIPMENTS = "/shipping/v1/{customer}/{mobo}"
XML_SHIPMENTS = "/rs/{customer}/{mobo}/shipment"

OPERATIONS = (
    Operation(
        "find_offices",
        "nearest post offices that take parcels",
        "",
        Known(
            "GET /postoffice/v1/post-offices",
            "C",
            "I",
            "Several spellings are read: camelCase and kebab-case, a bare list and one inside an object, numbers as "
            "text. An empty list counts as none near, and so does a 400 or 404 with a message of the service's own; a "
            "gateway's message and a web page are trouble.",
        ),
        Known(
            "GET /rs/postoffice",
            "C",
            "C",
            "The schema forbids an empty list, so what comes when no office is near is unknown: an empty list counts, "
            "and so does a 400 or 404 with a message of Canada Post's own; one without a message, and a web page, are "
            "trouble.",
        ),
    ),
    Operation(
        "office",
        "one post office with its hours",
        "",
        Known(
            "GET /postoffice/v1/post-offices/{id}/details",
            "C",
            "I",
            "Only hours written HH:MM or HH:MM:SS are read, two or four a day. In any other form the hours of that "
            "office are not known. A 404 means that the office is gone, unless a web page or the gateway answers it.",
        ),
        Known(
            "GET /rs/postoffice/{id}/detail",
            "C",
            "C",
            "That closed days are left out is inferred. Hours are read as strictly as those of the portal. A 404 in "
            "Canada Post's messages, even with none in them, means that the office is gone.",
        ),
    ),
    Operation(
        "rates",
        "prices",
        "rating",
        Known(
            "POST /rating/v1/prices",
            "N",
            "O",
            "An account without an agreement gets an empty list; that was seen live.",
        ),
        Known("POST /rs/ship/price", "C", "C"),
    ),
    Operation(
        "services",
        "services within Canada",
        "service_info",
        Known("GET /rating/v1/services", "N", "I", "The answer is read in the names of the XML schema, in camelCase."),
        Known("GET /rs/ship/service", "C", "C"),
    ),
    Operation(
        "service",
        "one service: limits and options",
        "service_info",
        Known("GET /rating/v1/services/{code}", "N", "I", "As above."),
        Known("GET /rs/ship/service/{code}", "C", "C"),
    ),
    Operation(
        "option",
        "one option: what it goes with",
        "service_info",
        Known("GET /rating/v1/options/{code}", "N", "N"),
        Known("GET /rs/ship/option/{code}", "C", "C"),
    ),
    Operation(
        "create_shipment",
        "make a shipment",
        "",
        Known(
            f"POST {SHIPMENTS}/shipments",
            "C",
            "C",
            "Canada Post's schema lets a request through that breaks the rules of Deliver to Post Office; the client "
            "refuses it. What Canada Post answers to a wrong office is unknown.",
        ),
        Known(
            f"POST {XML_SHIPMENTS}",
            "C",
            "C",
            "Without a contract the schema is another one, and whether Deliver to Post Office works that way is "
            "unknown: it is off by default.",
        ),
    ),
    Operation(
        "find_shipments",
        "find a shipment by its request id",
        "find_by_request_id",
        Known(
            f"GET {SHIPMENTS}/shipments?request-id=",
            "O",
            "O",
            "A shipment made seconds ago may not show yet, so an empty answer is no proof. Canada Post's collection of "
            "July 2026 spells requestId (and trackingPIN, groupId): after 9105, or an answer with other shipments, the "
            "other spelling is tried once, and each process remembers what works.",
        ),
        None,
    ),
    Operation(
        "find_by_pin",
        "find shipments by tracking number",
        "find_by_pin",
        Known(f"GET {SHIPMENTS}/shipments?tracking-pin=", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}?trackingPIN=", "C", "C", "Full answers are asked for; links are read as well."),
    ),
    Operation(
        "find_by_group",
        "find the shipments of a group",
        "find_by_group",
        Known(f"GET {SHIPMENTS}/shipments?group-id=", "C", "C"),
        Known(
            f"GET {XML_SHIPMENTS}?groupId=",
            "C",
            "C",
            "Here a lost shipment is found: what this API calls a search by request id is unknown. Canada Post's own "
            "text spells groupid, which is tried after 9105.",
        ),
    ),
    Operation(
        "shipment_details",
        "what Canada Post holds of a shipment",
        "",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}/details", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}/details", "C", "C"),
    ),
    Operation(
        "shipment_price",
        "what a shipment costs",
        "price_and_receipt",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}/price", "C", "C", "It may come inside a list; that was seen live."),
        Known(
            f"GET {XML_SHIPMENTS}/{{id}}/price",
            "C",
            "C",
            "The schema spells expected-transmit-time here and expected-transit-time with the rates.",
        ),
    ),
    Operation(
        "shipment_receipt",
        "what was charged for a shipment",
        "price_and_receipt",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}/receipt", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}/receipt", "C", "C"),
    ),
    Operation(
        "label",
        "the shipping label",
        "",
        Known(
            "GET the link label",
            "C",
            "C",
            "A redirect is followed, without credentials to another host; that there is one was seen live. Only labels "
            "and manifests are fetched from another host.",
        ),
        Known("GET the link label", "C", "C", "202 means that it is still being made."),
    ),
    Operation(
        "void_shipment",
        "take a shipment back",
        "",
        Known(f"DELETE {SHIPMENTS}/shipments/{{id}}", "C", "C", "Only a 204 or an empty 200 counts as done."),
        Known(
            f"DELETE {XML_SHIPMENTS}/{{id}}",
            "C",
            "C",
            "Only a 204 or an empty 200 counts as done; a 404 does not, even with no message in it.",
        ),
    ),
    Operation(
        "refund_shipment",
        "ask for a refund",
        "refund",
        Known(f"POST {SHIPMENTS}/shipments/{{id}}/refund", "C", "C"),
        Known(f"POST {XML_SHIPMENTS}/{{id}}/refund", "C", "C"),
    ),
    Operation(
        "groups",
        "groups that are not transmitted",
        "manifests",
        Known(f"GET {SHIPMENTS}/groups", "C", "C"),
        Known("GET /rs/{customer}/{mobo}/group", "I", "C"),
    ),
    Operation(
        "transmit",
        "transmit groups",
        "manifests",
        Known(f"POST {SHIPMENTS}/manifests", "C", "C"),
        Known("POST /rs/{customer}/{mobo}/manifest", "C", "C"),
    ),
    Operation(
        "find_manifests",
        "manifests of some days",
        "manifests",
        Known(f"GET {SHIPMENTS}/manifests?startDate=…&endDate=…", "I", "I", "Only needed after a lost answer."),
        Known("GET /rs/{customer}/{mobo}/manifest?start=…&end=…", "I", "C", "Only needed after a lost answer."),
    ),
    Operation(
        "manifest",
        "one manifest",
        "manifests",
        Known(f"GET {SHIPMENTS}/manifests/{{id}}", "C", "C", "9153 means that it is still being made."),
        Known("GET /rs/{customer}/{mobo}/manifest/{id}", "C", "C", "9153 means that it is still being made."),
    ),
    Operation(
        "manifest_shipments",
        "the shipments in a manifest",
        "manifests",
        Known("GET the link manifestShipments", "C", "I"),
        Known("GET the link manifestShipments", "C", "I"),
    ),
    Operation(
        "manifest_document",
        "a manifest as PDF",
        "manifests",
        Known("GET the link artifact", "C", "C"),
        Known("GET the link artifact", "C", "C"),
    ),
    Operation(
        "tracking_summary",
        "where a parcel was last seen",
        "tracking",
        Known(
            "GET /tracking/v1/pins/{pin}/summaries",
            "N",
            "N",
            "A 404, and a summary that holds an error such as 004, count as not seen yet.",
        ),
        Known(
            "GET /vis/track/pin/{pin}/summary",
            "N",
            "I",
            "Version 2 is asked for and only the schema of version 1 is public: names are read in any namespace.",
        ),
    ),
    Operation(
        "tracking_details",
        "every event of a parcel",
        "tracking",
        Known("GET /tracking/v1/pins/{pin}/details", "N", "N"),
        Known("GET /vis/track/pin/{pin}/detail", "N", "I", "As above."),
    ),
    Operation(
        "outages",
        "planned outages",
        "outages",
        Known(
            "GET /serviceinfo/v1/shipments-service",
            "N",
            "U",
            "The answer was never seen: likely names are tried, and what has no text, start and end is left out.",
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
    "Whether a shipment without a contract (XML only) may go to a post office.",
    "What the XML API calls a search by request id. Lost shipments are looked for in their group instead.",
    "How long a token of the portal lives: texts disagree, so what the token itself says counts.",
    "The exact layout of Canada Post's own label. What this project draws is marked SPECIMEN, always.",
)
