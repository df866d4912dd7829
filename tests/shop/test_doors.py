"""The doors: every name that a shop or a shipping system of its own may use, and how it is called.

A release promises these. What is changed here is told in the changelog.
"""

import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import product
from types import ModuleType
from typing import Any

import pytest
from django.dispatch import Signal

from deliver_to_po import adapter, shipping, shop, signals
from deliver_to_po.core.choices import Reason, Scan

SHOP = {
    "Cancelled": "CANCELLED ALREADY ASKED NEEDS_PERSON PICKED_UP NOTHING",
    "Changed": "CHANGED WILL_BE_MADE_AGAIN KEPT_UNTIL_ANSWER NEEDS_DESTROYED_LABEL NEEDS_PERSON NOTHING",
    "Choice": "(cart=None, *, draft=None, client_secret='', visitor=…)",
    "Delivery": "(args, kwargs)",
    "Erasure": "ERASED LATER FAILED NOTHING",
    "ListedOffice": "(number, office, opening=None, chosen=False, detour_km=None, offers=())",
    "Offer": "(service, available, reason='', price=None, price_kind=NONE, price_from=False, expected_from=None, "
    "quoted_at=None, rate=None, mailed_on=None)",
    "OfficeCheck": "NOT_ASKED TAKES_PARCELS NO_LONGER GONE COULD_NOT_ASK",
    "OfficeList": "(query, offices, show, next_show, received_at, rung=FRESH, precision=EXACT, over_limit=False, "
    "hours_coming=False, filtered=False, matching=0, out_of=0, unsure=0, kept=None, via=None)",
    "PriceKind": "FRESH STALE FALLBACK NONE",
    "Released": "RELEASED ALREADY HELD KEPT BY_MERCHANT CANCELLED ERASED NOTHING",
    "Reserved": "(id, price, service, province, expires_at, order=None)",
    "Review": "(draft, seen, order=None, offer=None, notice='', language=…)",
    "Shipment": "(args, kwargs)",
    "Summary": "(language, heading, office_name='', office_location='', address_lines=(), hours=(), hours_note='', "
    "map_url='', recipient_name='', wait='', bring=(), held='', tracking_numbers=(), warning='', test=False, "
    "choose_url='', service='', expected='', "
    "directions_url='', status='', status_more='', urgent=False, path=(), opening='', today='', last_opening='')",
    "ToChoose": "(delivery, url)",
    "Visitor": "(ask=…, store=…, check=…)",
    "as_text": "(summary)",
    "cancel": "(order, note='', *, user=None)",
    "change_consignment": "(delivery, number, *, parcel=None, service=None, options=None, user=None, note='')",
    "correct_recipient": "(delivery, recipient, *, user=None, note='')",
    "deliver_there": "(request)",
    "choice": "(choice_id, secret, *, cart=None, visitor=…)",
    "choose": "(choice, office_id=None, *, service='', listed_by=None, now=False)",
    "choose_for": "(order)",
    "choose_service": "(request, service)",
    "client_secret_of": "(request)",
    "collected_at": "(order)",
    "delivery_of": "(order)",
    "draft_id_of": "(request)",
    "draft_of": "(request)",
    "erase": "(order, *, email='', name='')",
    "export": "(order, *, email='', name='')",
    "fetch_offers": "(request, cart, near='')",
    "find_offices": "(near, cart=None, *, filters=(), limit=None, visitor=…)",
    "forget_choice": "(request)",
    "hold": "(order, note='', *, user=None)",
    "offers": "(cart, near='')",
    "office": "(office_id, cart=None, *, visitor=…)",
    "forget": "(order)",
    "label_destroyed": "(shipment, *, user=None, note='')",
    "make_again": "(shipment, *, user=None, note='')",
    "ship_again": "(order, *, user=None, note='')",
    "nothing_exists": "(shipment, *, user=None, note='')",
    "parcel_exists": "(shipment, shipment_id, tracking_number=None, *, user=None, note='')",
    "place": "(order, draft_id, *, seen=None, paid=False, charged=None)",
    "release": "(order)",
    "replan": "(order, note='', *, user=None)",
    "require_choice": "(order)",
    "reserve": "(draft_id, *, seen, cart=None, charge=None, secret=…)",
    "reserved": "(draft_id)",
    "resume": "(order, note='', *, user=None)",
    "review": "(request)",
    "review_choice": "(choice)",
    "say_recipient": "(choice, data, *, confirmed=())",
    "start_choice": "(cart=None, *, visitor=…)",
    "summarize": "(delivery, language=None)",
    "tax_destination": "(request)",
    "to_home": "(order, note='', *, user=None)",
    "unreserve": "(draft_id, *, secret=…)",
    "visitor_of": "(request, *, has_session=True)",
    "withdrawn": "(cart=None)",
}
ADAPTER = {
    "Address": "(line_1, city, province, postal_code, line_2='')",
    "OrderAdapter": "()",
    "Parcel": "(weight_kg, length_cm, width_cm, height_cm)",
    "Rate": "(service, service_name, base, due, taxes, transit_days=None, expected_delivery=None, guaranteed=None)",
    "RecipientSuggestion": "(name='', address_line_1='', address_line_2='', city='', province='', postal_code='', "
    "email='', phone='')",
    "Sender": "(company, phone, address, name='')",
    "Service": "EXPEDITED_PARCEL XPRESSPOST",
    "ShipmentOption": "(code, amount=None)",
    "order_adapter": "()",
}
SHIPPING = {
    "Address": "(line_1, city, province, postal_code, line_2='')",
    "ExportFile": "(content, extension='csv')",
    "Answer": "(*, said='', status=None, codes=())",
    "Found": "(made, same)",
    "Handed": "(*, said='', status=None, codes=())",
    "Label": "(content, media_type='application/pdf')",
    "Made": "(*, said='', status=None, codes=(), shipment_id, tracking_number='', data=…, transmitted=False, "
    "suspended=False, price=None)",
    "ManifestDocument": "(number, content, shipment_ids=())",
    "NotTransmitted": "(*, said='', status=None, codes=())",
    "NotYet": "(*, said='', status=None, codes=(), reason=UNAVAILABLE, seconds=None)",
    "Office": "(office_id, name, location, street, city, province, postal_code)",
    "Parcel": "(weight_kg, length_cm, width_cm, height_cm)",
    "Reason": " ".join(Reason.__members__),
    "Recipient": "(name, phone, email, address)",
    "RefundAsked": "(*, said='', status=None, codes=())",
    "Refused": "(*, said='', status=None, codes=(), reason=REFUSED, rule='')",
    "Scan": " ".join(Scan.__members__),
    "Sender": "(company, phone, address, name='')",
    "ShipmentOption": "(code, amount=None)",
    "ShipmentRequest": "(request_id, reference, service, office, recipient, sender, parcel, options=(), number=1, "
    "parcels=1, contents=(), group='', mailing_date=None, language='en', live=False, sent_at=None, others=())",
    "ShippingSystem": "(alias, options)",
    "Sighting": "(scan, on, time='', code=None, office_id='', office_name='', text='')",
    "Tracked": "(sightings=(), expected_on=None, comes_back=False)",
    "Transmission": "(groups, shipment_ids, sender, since, excluded=(), live=False)",
    "Transmitted": "(*, said='', status=None, codes=(), manifest_ids=(), left=())",
    "Unknown": "(*, said='', status=None, codes=(), exists=False, gone=False)",
    "Voided": "(*, said='', status=None, codes=())",
}
ADAPTER_CLASS = {
    "search_fields": "()",
    "keeps_prices": "False",
    "parcels": "(self, order)",
    "ship_from": "(self, order)",
    "options": "(self, order)",
    "service": "(self, order)",
    "services": "(self, cart)",
    "mailable": "(self, cart)",
    "handling_days": "(self, cart)",
    "price": "(self, cart, service, rate)",
    "shipping_system": "(self, order)",
    "goes_to_post_office": "(self, order)",
    "is_paid": "(self, order)",
    "hold_reason": "(self, order)",
    "reference": "(self, order)",
    "contents": "(self, order)",
    "parcel_contents": "(self, order, number)",
    "packing_order": "(self, order)",
    "language": "(self, order)",
    "email": "(self, order)",
    "cart": "(self, request)",
    "price_changed": "(self, request, draft)",
    "tax_destination": "(self, delivery)",
    "recipient": "(self, request)",
    "postal_code": "(self, request)",
    "last_delivery": "(self, request)",
    "may_see_label": "(self, request, order)",
    "next_url": "(self, request)",
    "home_delivery_url": "(self, request)",
}
SYSTEM_CLASS = {
    "name": "''",
    "gives_to": "None",
    "supports_d2po": "False",
    "has_labels": "True",
    "by_hand": "False",
    "exports": "False",
    "unverified": "''",
    "option_names": "{}",
    "api": "property",
    "speaking": "(self, api)",
    "can_look_up": "property",
    "refuses_repeated_ids": "property",
    "doubles_repeated_ids": "property",
    "takes_repeated_ids": "property",
    "can_void": "property",
    "can_refund": "property",
    "can_transmit": "property",
    "can_track": "property",
    "track": "(self, tracking_number)",
    "is_own_group": "(self, group)",
    "transmit": "(self, request)",
    "find_transmission": "(self, request)",
    "manifest": "(self, manifest_id)",
    "group": "(self, day)",
    "obstacle": "(self, *, live)",
    "objection": "(self, request)",
    "create": "(self, request)",
    "export": "(self, requests)",
    "look_up": "(self, request)",
    "label": "(self, made)",
    "void": "(self, made)",
    "refund": "(self, made, email)",
}
# Each error's code, which stands in URLs, and the page on which the buyer can mend it.
SIGNALS = [
    "buyer_asked", "cancelled", "held", "labelled", "needs_choice", "notice", "parcel_moved", "placed", "price_changed",
    "refused", "released", "reserved",
]  # fmt: skip
DOORS = [(shop, SHOP), (adapter, ADAPTER), (shipping, SHIPPING)]


def written(default: object) -> str:
    """Return how a default is written, the same on every Python."""
    if isinstance(default, Enum):
        return default.name
    return repr(default) if default is None or isinstance(default, (str, int, tuple)) else "…"


def parameters(call: Callable[..., object]) -> Iterator[str]:
    star = False
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind == parameter.KEYWORD_ONLY and not star:
            star = True
            yield "*"
        has_default = parameter.default is not parameter.empty
        yield f"{parameter.name}={written(parameter.default)}" if has_default else parameter.name


def shape(thing: Any) -> str:
    """Return how a thing is used: a call's parameters, a choice's members, or what an attribute is by default."""
    if isinstance(thing, type) and issubclass(thing, Enum):
        return " ".join(thing.__members__)
    if isinstance(thing, property):
        return "property"
    return f"({', '.join(parameters(thing))})" if callable(thing) else repr(thing)


@pytest.mark.parametrize(("door", "names"), DOORS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_door_has_these_names_called_in_this_way(door: ModuleType, names: dict[str, str]) -> None:
    assert {name: shape(getattr(door, name)) for name in door.__all__} == names
    assert list(door.__all__) == sorted(door.__all__)


def calls_with(argument: str) -> list[str]:
    calls = ((name, getattr(shop, name)) for name in shop.__all__)
    return [name for name, call in calls if inspect.isfunction(call) and argument in inspect.signature(call).parameters]


@pytest.mark.parametrize("argument", ["order", "delivery", "shipment", "request"])
def test_every_call_names_the_argument_that_is_of_the_wrong_kind(argument: str) -> None:
    for name, wrong in product(calls_with(argument), (None, "x")):
        call = getattr(shop, name)
        given = {key: "x" for key, value in inspect.signature(call).parameters.items() if value.default is value.empty}
        with pytest.raises(TypeError, match=rf"^{name}\(\): {argument} must be "):
            call(**given | {argument: wrong})


@pytest.mark.parametrize(
    ("kind", "names"), [(adapter.OrderAdapter, ADAPTER_CLASS), (shipping.ShippingSystem, SYSTEM_CLASS)]
)
def test_what_is_subclassed_asks_for_these_methods(kind: type, names: dict[str, str]) -> None:
    public = {name: inspect.unwrap(value) if callable(value) else value for name, value in vars(kind).items()}
    assert {name: shape(value) for name, value in public.items() if not name.startswith("_")} == names


def test_these_are_the_signals() -> None:
    assert signals.__all__ == SIGNALS
    assert all(isinstance(getattr(signals, name), Signal) for name in SIGNALS)


@pytest.mark.parametrize(("door", "names"), DOORS, ids=lambda value: getattr(value, "__name__", ""))
def test_whatever_may_be_called_says_what_it_does(door: ModuleType, names: dict[str, str]) -> None:
    assert [name for name in names if not inspect.getdoc(getattr(door, name))] == []
