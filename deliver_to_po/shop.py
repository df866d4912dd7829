"""The door: every call that a shop's own code may make. Nothing else of the app needs to be imported for a checkout."""

from deliver_to_po.checkout.choose_again import ToChoose, choose_for
from deliver_to_po.checkout.placing import delivery_of, place, require_choice
from deliver_to_po.checkout.reserving import reserve, unreserve
from deliver_to_po.checkout.reviewing import Review, review
from deliver_to_po.checkout.session import draft_id_of, draft_of
from deliver_to_po.checkout.session import forget_draft as forget_choice
from deliver_to_po.handoff.release import Released, hold, release, resume
from deliver_to_po.offices.withdrawal import withdrawn
from deliver_to_po.privacy import Erasure, erase, export
from deliver_to_po.summary import Summary, as_text, summarize

__all__ = [
    "Erasure",
    "Released",
    "Review",
    "Summary",
    "ToChoose",
    "as_text",
    "choose_for",
    "delivery_of",
    "draft_id_of",
    "draft_of",
    "erase",
    "export",
    "forget_choice",
    "hold",
    "place",
    "release",
    "require_choice",
    "reserve",
    "resume",
    "review",
    "summarize",
    "unreserve",
    "withdrawn",
]
