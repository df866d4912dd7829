"""The door: every call that a shop's own code may make. Nothing else of the app needs to be imported for a checkout."""

from deliver_to_po.checkout.choose_again import ToChoose, choose_for
from deliver_to_po.checkout.placing import delivery_of, place, require_choice
from deliver_to_po.checkout.quoting import choose_service, fetch_offers
from deliver_to_po.checkout.reserving import reserve, unreserve
from deliver_to_po.checkout.reviewing import Review, review
from deliver_to_po.checkout.session import draft_id_of, draft_of
from deliver_to_po.checkout.session import forget_draft as forget_choice
from deliver_to_po.handoff.cancelling import Cancelled, cancel, forget, to_home
from deliver_to_po.handoff.changing import Changed, change_consignment, correct_recipient, replan
from deliver_to_po.handoff.putting_right import label_destroyed, make_again, nothing_exists, parcel_exists
from deliver_to_po.handoff.release import Released, hold, release, resume
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.offers import Offer, offers
from deliver_to_po.offer.tasks import ask_for_offers
from deliver_to_po.offices.withdrawal import withdrawn
from deliver_to_po.privacy import Erasure, erase, export
from deliver_to_po.summary import Summary, as_text, summarize

__all__ = [
    "Cancelled",
    "Changed",
    "Erasure",
    "Offer",
    "PriceKind",
    "Released",
    "Review",
    "Summary",
    "ToChoose",
    "as_text",
    "ask_for_offers",
    "cancel",
    "change_consignment",
    "choose_for",
    "choose_service",
    "correct_recipient",
    "delivery_of",
    "draft_id_of",
    "draft_of",
    "erase",
    "export",
    "fetch_offers",
    "forget",
    "forget_choice",
    "hold",
    "label_destroyed",
    "make_again",
    "nothing_exists",
    "offers",
    "parcel_exists",
    "place",
    "release",
    "replan",
    "require_choice",
    "reserve",
    "resume",
    "review",
    "summarize",
    "to_home",
    "unreserve",
    "withdrawn",
]
