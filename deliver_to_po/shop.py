"""The door: every call that a shop's own code may make. Nothing else of the app needs to be imported for a checkout."""

from inspect import isfunction

from deliver_to_po.checkout.choice import Choice, Visitor, choice, start_choice
from deliver_to_po.checkout.choose_again import ToChoose, choose_for
from deliver_to_po.checkout.choosing import choose, choose_service
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.office_hours import office
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.checkout.pages.nearest import deliver_there
from deliver_to_po.checkout.placing import delivery_of, place, require_choice
from deliver_to_po.checkout.quoting import fetch_offers
from deliver_to_po.checkout.recipients.recipient import say_recipient
from deliver_to_po.checkout.reserving import Reserved, reserve, reserved, unreserve
from deliver_to_po.checkout.reviewing import Review, review, review_choice
from deliver_to_po.checkout.searching import find_offices
from deliver_to_po.checkout.session import client_secret_of, draft_id_of, draft_of, tax_destination
from deliver_to_po.checkout.session import forget_draft as forget_choice
from deliver_to_po.core.arguments import checked
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel, forget, to_home
from deliver_to_po.handoff.changing.change import Changed, change_consignment, correct_recipient, replan
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed, nothing_exists, parcel_exists
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.changing.ship_again import ship_again
from deliver_to_po.handoff.releasing.release import Released, hold, release, resume
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.news import collected_at
from deliver_to_po.offer.offers import Offer, offers, withdrawn
from deliver_to_po.offer.summary import Summary, as_text, summarize
from deliver_to_po.privacy.erasing import Erasure, erase
from deliver_to_po.privacy.personal_data import export

__all__ = [
    "Cancelled",
    "Changed",
    "Choice",
    "Delivery",
    "Erasure",
    "ListedOffice",
    "Offer",
    "OfficeCheck",
    "OfficeList",
    "PriceKind",
    "Released",
    "Reserved",
    "Review",
    "Shipment",
    "Summary",
    "ToChoose",
    "Visitor",
    "as_text",
    "cancel",
    "change_consignment",
    "choice",
    "choose",
    "choose_for",
    "choose_service",
    "client_secret_of",
    "collected_at",
    "correct_recipient",
    "deliver_there",
    "delivery_of",
    "draft_id_of",
    "draft_of",
    "erase",
    "export",
    "fetch_offers",
    "find_offices",
    "forget",
    "forget_choice",
    "hold",
    "label_destroyed",
    "make_again",
    "nothing_exists",
    "offers",
    "office",
    "parcel_exists",
    "place",
    "release",
    "replan",
    "require_choice",
    "reserve",
    "reserved",
    "resume",
    "review",
    "review_choice",
    "say_recipient",
    "ship_again",
    "start_choice",
    "summarize",
    "tax_destination",
    "to_home",
    "unreserve",
    "visitor_of",
    "withdrawn",
]

# All alike: for an order, a delivery, a shipment or a request that is none, each raises TypeError, which names it.
_CALLS = {name: call for name, call in globals().items() if name in __all__ and isfunction(call)}
globals().update({name: checked(call, name) for name, call in _CALLS.items()})
