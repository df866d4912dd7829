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

VOIDED = (
    "What Canada Post answers about a voided shipment is unknown. If the answer to a void got lost for the second "
    "time, and Canada Post knows no details of the shipment while it answers something else, it counts as void."
)

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
        "",
        Known(
            "POST /rating/v1/prices",
            "N",
            "O",
            "Without a contract the counter's prices are asked for, and no customer is named. That a commercial one "
            "of an account without an agreement gets an empty list was seen live.",
        ),
        Known("POST /rs/ship/price", "C", "C"),
    ),
    Operation(
        "service",
        "one service: limits and options",
        "",
        Known(
            "GET /rating/v1/services/{code}",
            "N",
            "I",
            "The answer is read in the names of the XML schema, in camelCase.",
        ),
        Known("GET /rs/ship/service/{code}", "C", "C"),
    ),
    Operation(
        "option",
        "one option: what it goes with",
        "",
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
            "refuses it. What Canada Post answers to a wrong office is unknown. Without a contract a shipment is "
            "transmitted and charged to the default card at once: 9174 and 1182 say that there is no valid card.",
        ),
        Known(
            f"POST {XML_SHIPMENTS}",
            "C",
            "C",
            "Without a contract the schema is another one, and that Deliver to Post Office works that way is inferred "
            "from it. There is no request id: after a lost answer nothing is sent again, and the shipment is looked "
            "for by time and by its first reference.",
        ),
    ),
    Operation(
        "find_shipments",
        "find a shipment by its request id",
        "",
        Known(
            f"GET {SHIPMENTS}/shipments?requestId=",
            "C",
            "C",
            "A shipment made seconds ago may not show yet, so an empty answer is no proof. Canada Post's collection of "
            "July 2026 spells requestId, trackingPIN and groupId; published code was seen sending request-id and "
            "getting an empty list, which a name that Canada Post does not know may get too. So after a refusal, an "
            "empty list or an answer with other shipments the other spelling is asked, and each process remembers only "
            "one that has found something. After 7314, or an XML 412 without a code, nothing is sent again.",
        ),
        Known(
            f"GET {XML_SHIPMENTS}?requestId=",
            "C",
            "C",
            "Full answers are asked for; links are read as well. An example in Canada Post's text spells groupid in "
            "small letters, so requestid is asked after requestId.",
        ),
    ),
    Operation(
        "find_by_pin",
        "find shipments by tracking number",
        "",
        Known(f"GET {SHIPMENTS}/shipments?trackingPIN=", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}?trackingPIN=", "C", "C", "Full answers are asked for; links are read as well."),
    ),
    Operation(
        "find_by_group",
        "find the shipments of a group",
        "manifests",
        Known(f"GET {SHIPMENTS}/shipments?groupId=", "C", "C"),
        Known(
            f"GET {XML_SHIPMENTS}?groupId=",
            "C",
            "C",
            "Only what is not transmitted yet. An example in Canada Post's text spells groupid, which is asked too.",
        ),
    ),
    Operation(
        "find_by_day",
        "find the shipments of a day that were made without a manifest",
        "",
        Known(f"GET {SHIPMENTS}/shipments?noManifest=true&date=", "C", "C", "The time zone of the day is unknown."),
        Known(
            f"GET {XML_SHIPMENTS}?noManifest=true&date=",
            "C",
            "C",
            "Without a contract they are asked for by time (from, to).",
        ),
    ),
    Operation(
        "shipment",
        "a shipment as it stands",
        "",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}", "C", "C"),
    ),
    Operation(
        "shipment_details",
        "what Canada Post holds of a shipment",
        "",
        Known(f"GET {SHIPMENTS}/shipments/{{id}}/details", "C", "C"),
        Known(f"GET {XML_SHIPMENTS}/{{id}}/details", "C", "C"),
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
        "void a shipment",
        "void",
        Known(f"DELETE {SHIPMENTS}/shipments/{{id}}", "C", "C", "Only a 204 or an empty 200 counts as done. " + VOIDED),
        Known(
            f"DELETE {XML_SHIPMENTS}/{{id}}",
            "C",
            "C",
            "Only a 204 or an empty 200 counts as done; a 404 does not, even with no message in it. " + VOIDED,
        ),
    ),
    Operation(
        "refund_shipment",
        "ask for a refund",
        "",
        Known(f"POST {SHIPMENTS}/shipments/{{id}}/refund", "C", "C"),
        Known(f"POST {XML_SHIPMENTS}/{{id}}/refund", "C", "C"),
    ),
    Operation(
        "groups",
        "groups that are not transmitted",
        "manifests",
        Known(
            f"GET {SHIPMENTS}/groups",
            "C",
            "C",
            "A group that is listed may be empty, so that it is listed does not show that it was not transmitted.",
        ),
        Known("GET /rs/{customer}/{mobo}/group", "C", "C", "A group may be empty here too."),
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
        Known(
            f"GET {SHIPMENTS}/manifests?from=…&to=…",
            "C",
            "C",
            "Only needed after a lost answer. If that finds nothing, startDate and endDate are asked for, which is "
            "inferred.",
        ),
        Known("GET /rs/{customer}/{mobo}/manifest?start=…&end=…", "C", "C", "Only needed after a lost answer."),
    ),
    Operation(
        "manifest",
        "one manifest",
        "manifests",
        Known(
            f"GET {SHIPMENTS}/manifests/{{id}}",
            "C",
            "C",
            "9153 means that it is still being made, 9154 that the transmission failed afterwards, mostly for want of "
            "a default card. Whether its shipments are transmitted then is unknown: they stay marked so, and one that "
            "is no longer wanted is voided once its refund is refused with 7291. The number of a manifest without "
            "shipments is EMPTY.",
        ),
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
        "",
        Known(
            "GET /tracking/v1/pins/{pin}/summaries",
            "C",
            "O",
            "A 404, and a summary that holds the error 004, count as not seen yet. Any other error is raised.",
        ),
        Known(
            "GET /vis/track/pin/{pin}/summary",
            "C",
            "I",
            "Version 2 is asked for and only the schema of version 1 is public: names are read in any namespace.",
        ),
    ),
    Operation(
        "tracking_details",
        "every event of a parcel",
        "",
        Known(
            "GET /tracking/v1/pins/{pin}/details",
            "C",
            "C",
            "Details may come without events, and an event without its number, which is kept. What comes while there "
            "is no history is unknown.",
        ),
        Known("GET /vis/track/pin/{pin}/detail", "C", "I", "As above."),
    ),
    Operation(
        "find_pins",
        "tracking numbers by our reference",
        "",
        Known(
            "GET /tracking/v1/refs/summaries?reference-number=…",
            "C",
            "I",
            "The collection's address and its table spell the parameters in two ways: both are tried. Only a summary "
            "that names the reference itself counts.",
        ),
        Known(
            "GET /vis/track/ref/summary?referenceNumber=…", "C", "I", "Only a summary that names the reference counts."
        ),
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
    "Whether the XML API takes a shipment without a contract to a post office, and in which time zone it lists those.",
    "How long a token of the portal lives: texts disagree, so what the token itself says counts.",
    "The exact layout of Canada Post's own label. What this project draws is marked SPECIMEN, always.",
)
