"""Answering whoever asks: exactly theirs, in every state; written down."""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models.signals import pre_delete
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import Change, DeliveryState, PrivacyStep, Reason, ShipmentState
from deliver_to_po.core.choices.states import CLOSED, WITHOUT_ORDER
from deliver_to_po.models import Delivery, History, Notice, PrivacyRequest, Shipment
from deliver_to_po.models.parts import RECIPIENT_FIELDS, recipient_fields
from deliver_to_po.privacy.answering import Answered, Asked, Role, erase_about, export_about, forget_whom, look_for
from deliver_to_po.privacy.erasing import Erasure
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order, make_paid_order, make_shipment
from tests.privacy.rows import OTTO, TOO_LONG, iso, labelled, row_of

# Whatever is done for Otto, everybody else's rows stand unchanged in every state.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
BY_E_MAIL = Asked(email=OTTO.email)
STATES = sorted(DeliveryState)
PLACED = [state for state in STATES if state not in WITHOUT_ORDER]
# No order, so no buyer; nothing was sent, so nobody was sent anything.
CELLS = [(state, role) for state in STATES for role in (*Role, None)]
POSSIBLE = [(state, role) for state, role in CELLS if state in PLACED or role in (Role.RECIPIENT, None)]


@pytest.fixture(autouse=True)
def _orders_are_found_by_the_buyers_e_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "search_fields", ("number", "email"))


def delivery_with(state: str, role: Role | None) -> Delivery:
    """Return a delivery with which Otto has that to do; None for nothing, then it is Marie-Ève's."""
    recipient = OTTO if role == Role.RECIPIENT else RECIPIENT
    if state in WITHOUT_ORDER:
        return make_draft(state=state, recipient=recipient)
    order = make_paid_order()
    if role == Role.BUYER:
        order.email = OTTO.email
        order.save()
    delivery = make_delivery(state=state, order=order, recipient=recipient)
    former = OTTO if role == Role.FORMER_RECIPIENT else recipient
    voided = labelled(delivery, "former.pdf", **recipient_fields(former))
    Shipment.objects.filter(pk=voided.pk).update(state=ShipmentState.VOIDED, open_parcel=None)
    if state == DeliveryState.RELEASED:
        make_shipment(delivery, revision=2, **recipient_fields(recipient))
    return delivery


def exported() -> list[dict[str, Any]]:
    return json.loads(json.dumps(export_about(BY_E_MAIL)))  # type: ignore[no-any-return]


def erased_what_was_shown() -> None:
    found = look_for(BY_E_MAIL)
    erase_about(BY_E_MAIL, only={one.delivery.pk for one in found})


def details(row: Delivery | Shipment) -> set[str]:
    return {row_of(row)[name] for name in RECIPIENT_FIELDS}


OF_OTTO = {*recipient_fields(OTTO).values()} - {""}
# The post office is in her city too.
OF_MARIE = {*recipient_fields(RECIPIENT).values()} - {"Ottawa", "ON"}


@pytest.mark.parametrize(("state", "role"), POSSIBLE)
def test_an_export_is_exactly_theirs(state: str, role: Role | None) -> None:
    delivery = delivery_with(state, role)
    told = exported()
    order = None if state in WITHOUT_ORDER else str(delivery.order_id)
    assert [(one["id"], one["order"], one["as"]) for one in told] == ([(str(delivery.pk), order, role)] if role else [])
    said = set(_texts(told))
    assert not said & OF_MARIE
    assert said & OF_OTTO == (OF_OTTO if role in (Role.RECIPIENT, Role.FORMER_RECIPIENT) else set())
    assert {shipment.recipient_email for one in look_for(BY_E_MAIL) for shipment in one.shipments} <= {OTTO.email}


def _texts(value: Any) -> Iterator[str]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        yield from _texts(one)
    if isinstance(value, str):
        yield value


@pytest.mark.parametrize(("state", "role"), POSSIBLE)
def test_an_erasure_is_exactly_theirs(state: str, role: Role | None) -> None:
    delivery = delivery_with(state, role)
    shipments = list(delivery.shipments.order_by("revision"))
    rows: list[Delivery | Shipment] = [delivery, *shipments]
    before = [row_of(row) for row in rows]
    erased_what_was_shown()
    if role == Role.RECIPIENT and state == DeliveryState.DRAFT:
        assert not Delivery.objects.filter(pk=delivery.pk).exists()
    elif role == Role.RECIPIENT:
        assert [details(row) for row in rows] == [{""}] * len(rows)
        delivery.refresh_from_db()
        assert delivery.erased_at is not None
        assert delivery.state == (DeliveryState.RESERVED if state == DeliveryState.RESERVED else "cancelled")
    elif role == Role.FORMER_RECIPIENT:
        former, *others = shipments
        assert details(former) == {""}
        assert [row_of(row) for row in (delivery, *others)] == [before[0], *before[2:]]
    else:
        assert [row_of(row) for row in rows] == before
    assert not look_for(BY_E_MAIL) or role == Role.BUYER


def test_where_they_were_the_recipient_once_another_delivery_of_theirs_shows_and_erases_nothing_more() -> None:
    hers = delivery_with(DeliveryState.RELEASED, Role.FORMER_RECIPIENT)
    his = delivery_with(DeliveryState.RELEASED, Role.RECIPIENT)
    before = row_of(hers)
    roles = [(one.delivery, one.role) for one in look_for(BY_E_MAIL)]
    assert roles == [(hers, Role.FORMER_RECIPIENT), (his, Role.RECIPIENT)]
    assert not set(_texts(exported())) & OF_MARIE
    erased_what_was_shown()
    assert row_of(hers) == before


@pytest.mark.parametrize("role", [Role.RECIPIENT, Role.FORMER_RECIPIENT])
@pytest.mark.parametrize("state", sorted(ShipmentState))
def test_what_would_come_of_an_erasure_is_said_before_wherever_a_parcel_stands(state: str, role: Role) -> None:
    recipient = OTTO if role == Role.RECIPIENT else RECIPIENT
    delivery = make_delivery(recipient=recipient)
    labelled(delivery, "a.pdf", **recipient_fields(OTTO))
    more = {"open_parcel": None} if state in CLOSED else {}
    times = {"transmitted_at": timezone.now()} if state == ShipmentState.REFUNDING else {}
    Shipment.objects.filter(delivery=delivery).update(state=state, **more, **times)
    [one] = look_for(BY_E_MAIL)
    answered = erase_about(BY_E_MAIL)
    assert (one.role, one.erasure) == (role, {1: Erasure.ERASED, 0: Erasure.LATER}[answered.erased])
    assert answered.erased + answered.later == 1


def test_a_buyer_is_told_of_their_e_mails_and_notes_are_only_counted_and_stay() -> None:
    delivery = delivery_with(DeliveryState.HELD, Role.BUYER)
    delivery.history.create(change=Change.HOLD, reason=Reason.ON_HOLD, note="Marie is away")
    sent = Notice.objects.create(delivery=delivery, kind="choose", occasion=1, outcome="sent", sent_at=timezone.now())
    [told] = exported()
    assert told == {
        "order": str(delivery.order_id),
        "as": "buyer",
        "id": str(delivery.pk),
        "reference": delivery.reference,
        "state": "held",
        "language": delivery.language,
        "placed_at": iso(delivery.placed_at),
        "e_mails": [{"kind": "choose", "sent_at": iso(sent.sent_at)}],
        "notes_that_a_person_must_read_first": 1,
    }
    assert erase_about(BY_E_MAIL) == Answered()
    assert delivery.history.get().note == "Marie is away"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(phone="613 555 0142"), 1),
        (Asked(phone="1-613-555-0142 x9"), 1),
        (Asked(name=" otto  canarius l'ecuyer ", postal_code="j8x 1a1"), 1),
        (Asked(email="OTTO@example.com", phone="6135550142"), 1),
        (Asked(phone="613 555 0141"), 0),
        (Asked(name="Otto", postal_code="J8X1A1"), 0),
        (Asked(name=OTTO.name, postal_code="J8X1A2"), 0),
        (Asked(email=OTTO.email, name="Marie"), 0),
    ],
)
def test_whoever_is_meant_is_found_and_nobody_else(asked: Asked, found: int) -> None:
    make_delivery(recipient=OTTO)
    assert len(look_for(asked)) == found


@pytest.mark.parametrize("asked", ["+508 41 12 34", "011 508 411234"])
@pytest.mark.parametrize("phone", ["+508 411-234", "+508411234x9", "011 508 41 12 34"])
def test_somebody_is_found_by_a_number_abroad_and_nobody_here_whose_number_begins_like_it(
    phone: str, asked: str
) -> None:
    delivery = make_delivery(recipient=replace(OTTO, phone=phone))
    make_delivery(recipient=replace(OTTO, phone="508-411-2345"))
    assert [one.delivery for one in look_for(Asked(phone=asked))] == [delivery]


@pytest.mark.parametrize("phone", ["6135550142", "613.555.0142 x9", "1 613-555-0142", "+1 (613) 555-0142"])
def test_somebody_is_found_however_their_phone_is_written(phone: str) -> None:
    delivery = make_delivery(recipient=replace(OTTO, phone=phone))
    make_draft(recipient=replace(OTTO, phone=""))
    assert [one.delivery for one in look_for(Asked(phone=OTTO.phone))] == [delivery]


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(postal_code="J8X1A1"),
        Asked(phone="555-0142"),
        Asked(email="otto.example.com"),
        Asked(name="Otto", postal_code="90210"),
        Asked(name="Otto Canary"),
    ],
)
def test_what_does_not_say_whom_is_refused_and_not_written_down(asked: Asked) -> None:
    for answer in (look_for, export_about, erase_about):
        with pytest.raises(ValueError, match=r"say whose|postal code|ten digits|has an @"):
            answer(asked)
    with pytest.raises(CommandError, match="Give --email, --phone, or --name with --postal-code: "):
        call_command("d2po_privacy", **asdict(asked))
    assert not PrivacyRequest.objects.exists()


def test_whoever_picks_up_what_they_bought_is_told_of_it_once() -> None:
    delivery = make_delivery(order=make_order(email=OTTO.email), recipient=OTTO)
    assert [(one.delivery, one.role) for one in look_for(BY_E_MAIL)] == [(delivery, Role.RECIPIENT)]


def test_only_what_was_shown_is_erased() -> None:
    shown, since = (make_delivery(recipient=OTTO) for _ in range(2))
    assert erase_about(BY_E_MAIL, only={shown.pk}) == Answered(erased=1)
    assert details(since) == {*recipient_fields(OTTO).values()}


def test_a_draft_that_the_shop_needs_costs_no_other_row() -> None:
    make_draft(recipient=OTTO)
    make_delivery(recipient=OTTO)

    def refuse(**_sent: Any) -> None:
        raise IntegrityError

    pre_delete.connect(refuse, sender=Delivery)
    try:
        answered = erase_about(BY_E_MAIL)
    finally:
        pre_delete.disconnect(refuse, sender=Delivery)
    assert answered == Answered(erased=1, failed=1)
    line = PrivacyRequest.objects.get()
    assert (line.erased, line.kept) == (1, 1)


# The log.


def test_each_step_is_written_down_with_who_and_which_rows_and_nothing_of_the_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = User.objects.create_user("claire")
    draft, delivery, unfinished = (
        make_draft(recipient=OTTO),
        make_delivery(recipient=OTTO),
        make_delivery(recipient=OTTO),
    )
    make_shipment(unfinished, state=ShipmentState.UNKNOWN)
    make_shipment(unfinished, parcel=2)
    former = delivery_with(DeliveryState.HELD, Role.FORMER_RECIPIENT)
    asked = Asked(email=OTTO.email, phone=OTTO.phone)
    caplog.set_level(logging.DEBUG)
    for answer in (look_for, export_about, erase_about):
        answer(asked, user=user)
    lines = PrivacyRequest.objects.order_by("pk")
    assert [(line.step, line.user, line.found_by, line.found) for line in lines] == [
        (step, user, "email phone", 4) for step in PrivacyStep
    ]
    assert [(line.erased, line.kept) for line in lines] == [(0, 0), (0, 0), (3, 1)]
    ids = {str(row.pk) for row in (draft, delivery, unfinished, former)}
    assert [set(line.deliveries.split()) for line in lines] == [ids] * 3
    everything = " ".join(str(value) for line in lines for value in row_of(line).values()) + caplog.text + repr(asked)
    assert not [part for part in (*OF_OTTO, "5550142") if len(part) > 2 and part in everything]
    assert set(History.objects.filter(user=user).values_list("delivery", "change", "reason")) == {
        (delivery.pk, Change.CANCEL, Reason.CANCELLED),
        (delivery.pk, Change.ERASE, Reason.NONE),
        (unfinished.pk, Change.DROP, Reason.CANCELLED),
        (former.pk, Change.ERASE, Reason.NONE),
    }


def test_which_deliveries_it_was_about_is_forgotten_when_a_recipient_would_be() -> None:
    make_delivery(recipient=OTTO)
    look_for(BY_E_MAIL)
    look_for(BY_E_MAIL)
    recent, old = PrivacyRequest.objects.order_by("pk")
    PrivacyRequest.objects.filter(pk=old.pk).update(at=timezone.now() - TOO_LONG)
    assert (forget_whom(), forget_whom()) == (1, 0)
    assert row_of(recent)["deliveries"]
    assert {name: row_of(old)[name] for name in ("deliveries", "found")} == {"deliveries": "", "found": 1}
    PrivacyRequest.objects.filter(pk=recent.pk).update(at=timezone.now() - TOO_LONG + timedelta(hours=2))
    assert forget_whom() == 0
