"""What list and page say of where a delivery stands, why, what happens next, and which button leads on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.deliveries.standing import Standing, Tone, Waits, in_a_word, newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.admin.deliveries.standing_of_parcel import standing_of_parcel
from deliver_to_po.admin.deliveries.story import story_of
from deliver_to_po.admin.queues import queues
from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.core.choices import (
    Change,
    DeliveryState,
    Doubt,
    ManifestState,
    NoticeKind,
    NoticeOutcome,
    ParcelState,
    Reason,
    Scan,
    ShipmentState,
)
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Delivery, History, Manifest, Notice, Shipment, Tracking
from deliver_to_po.shipping.objections import OwnRule, breaks, refusal
from tests.admin.browsing import listed, page_of, text_of, url
from tests.admin.conftest import labelled
from tests.factories import make_delivery, make_shipment
from tests.notices.parcels import in_the_post, seen

pytestmark = pytest.mark.django_db


def test_a_row_on_hold_says_what_was_noted_by_the_last_who_put_it_there(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    noted = [hold_of(make_delivery(state=DeliveryState.PLACED), f"Look at {number}") for number in range(9)]
    other = make_delivery(state=DeliveryState.PLACED, hold_asked_at=None)
    History.objects.create(delivery=other, change=Change.HOLD, note="of before")
    # What health finds is asked for the first look, and kept for a while.
    listed(admin_client)
    with django_assert_max_num_queries(10):
        page = listed(admin_client)
    text = page.select("#result_list")[0].get_text()
    assert [f"Note: Look at {number}" in text for number in range(len(noted))] == [True] * 9
    assert "of before" not in text
    assert "Note: Look at 3" in page_of(admin_client, url("let_go_on", noted[3])).get_text()


@pytest.mark.parametrize("state", [ParcelState.RETURNING, ParcelState.RETURNED, ParcelState.LOST])
def test_a_parcel_that_came_back_is_shipped_again_where_somebody_has_said_so(
    state: ParcelState, change_settings: Any
) -> None:
    change_settings(TRACKING=True)
    parcel = labelled(parcel=2, state=ShipmentState.DONE, transmitted_at=timezone.now())
    Tracking.objects.create(shipment=parcel, state=state)
    before = standing_of_parcel(parcel, parcel.delivery)
    assert (set(before.waits), bool(before.cures)) == ({Waits.CLERK}, True)
    parcel.open_parcel = None
    said = standing_of_parcel(parcel, parcel.delivery)
    again = ("Parcel 2: it is shipped again once the delivery goes on.",)
    assert (said.follows, said.cures, set(said.waits)) == (again, (), set())


def test_of_a_parcel_that_was_picked_up_that_is_all_there_is_to_say(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    parcel = labelled(state=ShipmentState.DONE, transmitted_at=timezone.now())
    Tracking.objects.create(shipment=parcel, state=ParcelState.COLLECTED, ended_at=timezone.now())
    found = standing_of_parcel(parcel, parcel.delivery)
    assert (found.word, found.tone, found.follows) == ("picked up", Tone.GOOD, ())


def test_a_delivery_is_picked_up_with_its_last_parcel(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    delivery = make_delivery()
    for number, state in enumerate((ParcelState.COLLECTED, ParcelState.READY), 1):
        parcel = labelled(delivery, parcel=number, printed_at=timezone.now(), transmitted_at=timezone.now())
        Tracking.objects.create(shipment=parcel, state=state, ready_on=timezone.now())
    assert standing(delivery).word == "ready"


@pytest.mark.parametrize("state", [ParcelState.NOT_SEEN, ParcelState.IN_TRANSIT, ParcelState.READY])
def test_nothing_is_said_to_be_well_with_a_parcel_that_is_asked_for_no_more(
    state: ParcelState, change_settings: Any
) -> None:
    change_settings(TRACKING=True)
    long_ago = timezone.now() - timedelta(days=61)
    parcel = labelled(state=ShipmentState.DONE, transmitted_at=long_ago)
    Tracking.objects.create(shipment=parcel, state=state, news_at=long_ago, ended_at=timezone.now())
    found = standing_of_parcel(parcel, parcel.delivery)
    assert (found.word, found.tone) == (str(ParcelState(state).label), Tone.IDLE)
    assert not found.follows
    assert "no news for 60 days: Canada Post is not asked further" in found.why


@pytest.mark.parametrize(
    ("reason", "first"),
    [(Reason.CANCELLED, []), (Reason.TO_HOME, ["Ship the order to the buyer’s home as usual."])],
)
def test_nobody_reads_that_nothing_is_left_to_do_while_a_label_is_to_be_destroyed(
    reason: Reason, first: list[str]
) -> None:
    delivery = make_delivery(state=DeliveryState.CANCELLED, reason=reason)
    make_shipment(delivery, state=ShipmentState.REFUND_ASKED)
    destroy = "The refund of parcel 1 is asked for: destroy its label, if it is printed."
    assert list(standing(delivery).follows) == [*first, destroy]


def test_with_a_cancelled_delivery_without_a_label_nothing_is_left_to_do() -> None:
    delivery = make_delivery(state=DeliveryState.CANCELLED, reason=Reason.CANCELLED)
    assert list(standing(delivery).follows) == ["There is nothing left to do."]


def test_what_is_scanned_although_its_refund_is_asked_for_is_told_of(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    parcel = in_the_post(state=DeliveryState.CANCELLED, reason=Reason.CANCELLED)
    Shipment.objects.filter(pk=parcel.pk).update(state=ShipmentState.REFUND_ASKED)
    seen(parcel, Scan.IN_TRANSIT)
    found = standing(parcel.delivery)
    assert "in transit" in found.why
    assert found.follows[0].startswith("Canada Post has scanned parcel 1, so it may refuse the refund.")


def hold_of(delivery: Delivery, note: str) -> Delivery:
    """Put a delivery on hold twice, the second time with this note."""
    for reason, text in ((Reason.PAUSED, "earlier"), (Reason.ON_HOLD, note)):
        assert hold_delivery(delivery, reason=reason, note=text)
    return delivery


SYSTEM_SAID = "The shipping system said: "
RULE = "Parcel's weight: at most 30 kg."
ANOTHERS = breaks("tracking_pin", OwnRule.ANOTHERS, numbers="S-1")


@pytest.mark.parametrize(
    ("state", "fields", "told", "untold"),
    [
        ("refused", {"reason": Reason.INVALID, "reason_text": RULE}, RULE, SYSTEM_SAID),
        ("refused", {"reason": Reason.REFUSED, "reason_text": "9153: wrong" + "x" * 900}, SYSTEM_SAID, "x" * 200),
        ("refused", {"reason": Reason.REFUSED}, "Canada Post refused the parcel.", SYSTEM_SAID),
        ("attention", {"reason": Reason.UNREADABLE, "reason_text": ANOTHERS.rule}, ANOTHERS.said, SYSTEM_SAID),
        ("waiting", {"reason": Reason.UNAVAILABLE}, "could not be reached", SYSTEM_SAID),
        ("waiting", {"due_at": timezone.now() + timedelta(hours=2)}, "Next try:", SYSTEM_SAID),
    ],
)
def test_a_row_says_what_was_said_of_its_parcel_and_when_it_is_tried_next(
    admin_client: Client, state: str, fields: dict[str, Any], told: str, untold: str
) -> None:
    make_shipment(state=state, **fields)
    [row] = listed(admin_client).select("#result_list tbody tr")
    assert told in row.get_text()
    assert untold not in row.get_text()


def test_an_answer_is_not_called_lost_while_it_is_awaited(admin_client: Client) -> None:
    asked: dict[str, Any] = {"state": ShipmentState.VOIDING, "reason": Reason.TAKE_BACK_UNKNOWN, "lease": uuid4()}
    shipment = make_shipment(due_at=timezone.now() + timedelta(minutes=2), **asked)
    for waits, told in ((2, False), (-1, True)):
        shipment.due_at = timezone.now() + timedelta(minutes=waits)
        shipment.save(update_fields=["due_at"])
        page = page_of(admin_client, url("delivery_change", shipment.delivery)).get_text()
        assert ("its answer never came" in page, "is voided automatically" in page) == (told, True)


@pytest.mark.parametrize(
    ("field", "cures"),
    [
        ("recipient.phone", ("correct_recipient", "hand_off")),
        ("parcel.length_cm", ("change_parcels", "hand_off")),
        ("parcel", ("change_parcels", "hand_off")),
        ("options", ("change_parcels", "hand_off")),
        ("sender.phone", ("hand_off",)),
        ("", ("correct_recipient", "change_parcels", "hand_off")),
    ],
)
def test_what_breaks_a_rule_has_the_button_that_corrects_it(field: str, cures: tuple[str, ...]) -> None:
    said = refusal(InvalidRequest("label", field, Rule.REQUIRED)).rule if field else ""
    shipment = make_shipment(state=ShipmentState.REFUSED, reason=Reason.INVALID, reason_text=said)
    assert standing_of_parcel(shipment, shipment.delivery).cures == cures


@pytest.mark.parametrize(
    ("system", "backend"), [("gone", "canadapost.CanadaPostShipping"), ("default", "manual.Manual")]
)
def test_nobody_is_told_to_ship_a_parcel_of_a_group_whose_system_is_gone_from_the_settings(
    system: str, backend: str, change_settings: Any
) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": f"deliver_to_po.shipping.{backend}", "OPTIONS": {}}})
    fields: dict[str, Any] = {"group": "shop-2026-11-25", "api": "portal", "printed_at": timezone.now()}
    shipment = make_shipment(make_delivery(), state=ShipmentState.LABELLED, system=system, **fields)
    found = standing(shipment.delivery)
    assert found.tone == Tone.WAIT
    assert "not set up" in " ".join(found.why)
    assert "ship it" not in " ".join(found.follows)


def standing(delivery: Delivery) -> Standing:
    shipments = delivery.shipments.select_related("tracking", "manifest")
    return standing_of_delivery(Delivery.objects.get(pk=delivery.pk), newest_of(shipments))


def follows(delivery: Delivery) -> str:
    return " ".join(standing(delivery).follows)


@pytest.mark.parametrize(
    ("release", "word", "sentence"),
    [
        ("when_paid", "Not paid yet", "It is released automatically when the order is paid."),
        ("by_merchant", "To pack", "It waits until somebody presses “Request the label”."),
        ("on_placing", "To pack", "It waits until somebody presses “Request the label”."),
    ],
)
def test_what_is_placed_says_what_it_waits_for(release: str, word: str, sentence: str, change_settings: Any) -> None:
    change_settings(RELEASE=release)
    found = standing(make_delivery(state=DeliveryState.PLACED))
    assert (found.word, list(found.follows)) == (word, [sentence])
    assert found.queue is not None
    assert found.queue.name == "to_pack"


def test_what_is_over_says_why_and_what_is_left_to_do() -> None:
    reason = Reason.TO_HOME
    gone = make_delivery(state=DeliveryState.CANCELLED, reason=reason)
    assert standing(gone) == Standing("cancelled", Tone.IDLE, why=(reason.why(),), follows=(reason.advice,))
    asked = standing(make_delivery(stop_asked_at=timezone.now()))
    assert (asked.word, asked.tone, asked.why, len(asked.follows)) == ("being cancelled", Tone.IDLE, (), 1)
    erased = standing(make_delivery(erased_at=datetime(2026, 11, 25, 17, tzinfo=UTC)))
    when = "The recipient was erased on Nov. 25, 2026 at noon."
    told = Standing("recipient erased", Tone.IDLE, why=(when,), follows=(Reason.ERASED.advice,))
    assert erased == told


def test_a_label_that_stays_here_since_its_recipient_is_erased_is_voided_by_cancelling() -> None:
    here: list[dict[str, Any]] = [{"group": "g"}, {"group": ""}]
    left: list[dict[str, Any]] = [{"group": "g", "transmitted_at": NOW}, {"group": "", "printed_at": NOW}]
    shipments = [make_shipment(make_delivery(erased_at=NOW), state=S.LABELLED, **fields) for fields in (*here, *left)]
    assert [standing(shipment.delivery).cures for shipment in shipments] == [("cancel",), ("cancel",), (), ()]


def test_the_word_has_the_colour_and_the_shape_of_its_tone() -> None:
    word = in_a_word(Standing("on hold", Tone.WAIT))
    assert word == '<span class="d2po-word d2po-wait"><span aria-hidden="true">◆</span> On hold</span>'


S, NOW = ShipmentState, timezone.now()
BY_CARD: dict[str, Any] = {"api": "portal by card", "group": "", "transmitted_at": NOW}
TO_DESTROY: dict[str, Any] = {"state": S.REFUND_ASKED, "change_asked_at": NOW}
# The fields of a released delivery's one parcel; the queue, or the word where it is in none, the first button and what
# follows.
PARCELS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"state": S.WAITING, "reason": Reason.TO_EXPORT}, "waiting", "ship_by_hand", "Export it"),
    ({"state": S.LABELLED, "printed_at": NOW}, "to_transmit", "day_end", "at the day’s end"),
    ({"state": S.LABELLED, "group": ""}, "to_print", "print", "print its label and ship it."),
    ({"state": S.LABELLED, "group": "", "printed_at": NOW}, "label printed", "", "ship it."),
    ({"state": S.LABELLED, **BY_CARD}, "to_print", "print", "print its label and ship it."),
    ({"state": S.LABELLED, **BY_CARD, "printed_at": NOW}, "label printed", "", "ship it."),
    ({"state": S.DONE, "transmitted_at": NOW}, "transmitted", "", "Canada Post takes it from here."),
    ({"state": S.ATTENTION, "reason": Reason.GAVE_UP}, "persons", "exists", "Look the parcel up"),
    ({"state": S.ATTENTION, "reason": Reason.NOT_HELD}, "persons", "nothing_made", "press “Nothing was made”"),
    ({"state": S.REFUSED, "reason": Reason.REFUSED}, "persons", "correct_recipient", "Correct what is"),
    ({"state": S.REFUSED, "reason": Reason.GAVE_UP}, "persons", "hand_off", "Look the parcel up"),
    (TO_DESTROY, "persons", "label_destroyed", "a new one is made."),
]


def test_each_parcel_says_where_it_stands_and_what_happens_next() -> None:
    for fields, where, cure, words in PARCELS:
        found = standing(make_shipment(**{"system": "default", **fields}).delivery)
        assert (found.queue.name if found.queue else found.word, (*found.cures, "")[0]) == (where, cure), fields
        assert found.word == (str(found.queue.title) if found.queue else where)
        assert words in " ".join(found.follows), fields


TURN = "It is its turn now."
OVER = "Nothing else happens automatically."
# A parcel of which nothing more is known: tone, queue, for what it waits, its buttons, and what follows.
IN_EACH_STATE: dict[ShipmentState, tuple[Tone, str, str, tuple[str, ...], str]] = {
    S.WAITING: (Tone.GO, "waiting", "worker", (), f"The label of parcel 1 is requested automatically. {TURN}"),
    S.REQUESTED: (Tone.GO, "waiting", "worker", (), f"Parcel 1: the answer is awaited. {TURN}"),
    S.UNKNOWN: (Tone.GO, "waiting", "worker", (), f"Parcel 1 is looked up before anything is sent again. {TURN}"),
    S.HANDED: (Tone.GO, "waiting", "report", (), "Parcel 1: the shipping system reports later."),
    S.MADE: (Tone.GO, "waiting", "worker", (), f"The label of parcel 1 will be fetched automatically. {TURN}"),
    S.LABELLED: (
        Tone.GO,
        "to_print",
        "clerk",
        ("print",),
        "Parcel 1: print its label. The parcel is transmitted to Canada Post at the day’s end.",
    ),
    S.DONE: (
        Tone.GO,
        "to_transmit",
        "clerk",
        ("day_end",),
        "Parcel 1: transmit it at the day’s end, when it leaves the shop.",
    ),
    S.ATTENTION: (Tone.STOP, "persons", "clerk", ("exists", "nothing_made"), ""),
    S.SUSPENDED: (Tone.STOP, "persons", "clerk", ("exists", "nothing_made"), ""),
    S.REFUSED: (Tone.STOP, "persons", "clerk", ("hand_off",), "Parcel 1: correct it, then press “Request the label”."),
    S.DROPPED: (Tone.IDLE, "", "", (), OVER),
    S.VOIDING: (Tone.GO, "waiting", "worker", (), f"Parcel 1 is voided automatically. {TURN}"),
    S.VOIDED: (Tone.IDLE, "", "", (), OVER),
    S.REFUNDING: (Tone.GO, "waiting", "worker", (), f"The refund of parcel 1 is asked for automatically. {TURN}"),
    S.REFUND_ASKED: (
        Tone.IDLE,
        "",
        "",
        (),
        "The refund of parcel 1 is asked for: destroy its label, if it is printed. "
        "Make the label again only if the parcel is to be shipped after all.",
    ),
}


@pytest.mark.parametrize("state", S)
def test_how_a_parcel_stands_in_each_state(state: ShipmentState) -> None:
    delivery = make_shipment(state=state).delivery
    found = standing(delivery)
    queue, follows = found.queue.name if found.queue else "", " ".join(found.follows)
    assert [each.name for each in queues() if each.rows().filter(pk=delivery.pk)] == [queue] * bool(queue)
    assert found.word == str(found.queue.title if found.queue else state.label)
    assert (found.tone, queue, "".join(found.waits), found.cures, follows) == IN_EACH_STATE[state]
    assert found.why == ()


@pytest.mark.parametrize(
    ("fields", "cure", "told"),
    [
        ({}, "ship_by_hand", "then enter its tracking number"),
        ({"state": "held"}, "ship_by_hand", "reports later"),
        ({"erased_at": NOW}, "nothing_made", "reports later"),
    ],
)
def test_the_number_of_what_is_shipped_by_hand_is_entered_until_its_recipient_is_erased(
    change_settings: Any, fields: dict[str, Any], cure: str, told: str
) -> None:
    change_settings(SHIPPING_SYSTEMS={"desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual"}})
    shipment = make_shipment(make_delivery(**fields), state=S.HANDED, system="desk")
    found = standing_of_parcel(shipment, shipment.delivery)
    assert (found.cures, told in " ".join(found.follows)) == ((cure,), True)


@pytest.mark.parametrize(
    ("fields", "erased", "cures"),
    [
        ({"reason": Reason.NOT_REPORTED}, None, ("ship_by_hand", "nothing_made")),
        ({"reason": Reason.NOT_WANTED}, None, ("nothing_made", "ship_by_hand")),
        ({"reason": Reason.NOT_REPORTED}, NOW, ("exists", "nothing_made")),
        ({"reason": Reason.CANNOT_TAKE_BACK, "shipment_id": "7023210000000018"}, None, ("nothing_made", "exists")),
    ],
)
def test_of_a_parcel_in_another_program_a_tracking_number_is_asked_for_and_no_shipment_id(
    change_settings: Any, fields: dict[str, Any], erased: datetime | None, cures: tuple[str, ...]
) -> None:
    change_settings(SHIPPING_SYSTEMS={"desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual"}})
    shipment = make_shipment(make_delivery(erased_at=erased), state=S.ATTENTION, system="desk", **fields)
    assert standing_of_parcel(shipment, shipment.delivery).cures == cures


def test_the_reminders_are_not_promised_any_more_once_a_post_office_is_chosen(change_settings: Any) -> None:
    change_settings(NOTICES=True)
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    asked = History.objects.create(delivery=delivery, change=Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    fields = {"occasion": asked.pk, "kind": NoticeKind.REMIND, "outcome": NoticeOutcome.TO_SEND}
    Notice.objects.create(delivery=delivery, due_at=timezone.now() + timedelta(days=3), **fields)
    assert "An e-mail on" in " ".join(story_of(delivery).standing.follows)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PLACED, reason="")
    delivery.refresh_from_db()
    assert "An e-mail on" not in " ".join(story_of(delivery).standing.follows)


def test_a_label_whose_transmission_is_not_known_keeps_the_name_of_its_own_post_office(admin_client: Client) -> None:
    manifest = Manifest.objects.create(system="default", state=ManifestState.UNKNOWN, reason=Reason.TRANSMIT_UNKNOWN)
    parcel = labelled(manifest=manifest, change_asked_at=timezone.now(), office_id="1", office_name="OLD MILL")
    Delivery.objects.filter(pk=parcel.delivery_id).update(office_id="2", office_name="NEW STREET")
    for text in (text_of(admin_client, parcel.delivery), listed(admin_client).select("#result_list")[0].get_text(" ")):
        assert "The label that is made names another post office: Old Mill" in text
        assert "New Street" in text
    assert standing(parcel.delivery).waits == {Waits.WORKER}
    assert "is voided or refunded once it is known whether it is transmitted" in follows(parcel.delivery)
    Manifest.objects.update(state=ManifestState.ATTENTION)
    assert standing(parcel.delivery).cures == ("manifest",)


@pytest.mark.parametrize(("request_", "first"), [(Reason.BUYER_CANCELS, "cancel"), (Reason.BUYER_TO_HOME, "to_home")])
def test_what_a_buyer_asks_for_comes_first_with_a_button_for_each_answer(request_: Reason, first: str) -> None:
    for state, reason in (("held", request_), ("held", Reason.SHOP_HOLD), ("needs_choice", Reason.OFFICE_GONE)):
        found = standing(make_delivery(state=state, reason=reason, wished=request_))
        assert found.why[0] == request_.why()
        assert [line for line in found.why[1:] if line] == ([reason.why()] if reason != request_ else [])
        assert (found.cures[0], set(found.cures)) == (first, {"cancel", "to_home", "let_go_on"})
        assert list(found.follows) == [request_.advice]
    waits_for_payment = {"state": "placed", "hold_asked_at": timezone.now(), "wished": request_}
    placed = standing(make_delivery(**waits_for_payment))
    assert placed.waits == {Waits.PAYMENT, Waits.CLERK}
    assert [line[:26] for line in placed.follows[1:]] == [
        "It is released automatical",
        "It is put on hold then, be",
    ]


def test_a_pause_ends_by_itself_and_what_nobody_has_released_waits_for_a_clerk_then(change_settings: Any) -> None:
    paused = {"state": DeliveryState.HELD, "reason": Reason.PAUSED}
    change_settings(RELEASE="by_merchant")
    assert "it resumes automatically when the pause ends" in follows(make_delivery(**paused))
    unreleased = follows(make_delivery(**paused, release_asked_at=None, released_at=None))
    assert unreleased.endswith("when the pause ends. It waits until somebody presses “Request the label”.")
    change_settings(RELEASE="when_paid")
    assert "released automatically when the order is paid" in follows(make_delivery(**paused, release_asked_at=None))


@pytest.mark.parametrize(
    ("fields", "tone"),
    [
        ({"state": DeliveryState.RELEASED}, Tone.STOP),
        ({"state": DeliveryState.HELD}, Tone.WAIT),
        ({"state": DeliveryState.CANCELLED}, Tone.IDLE),
        ({"state": DeliveryState.RELEASED, "erased_at": timezone.now()}, Tone.IDLE),
    ],
    ids=["released", "on hold", "cancelled", "erased"],
)
def test_a_refused_parcel_is_wrong_only_while_something_of_its_delivery_may_be_sent(
    fields: dict[str, Any], tone: Tone
) -> None:
    delivery = make_delivery(**fields)
    make_shipment(delivery, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    assert standing(delivery).tone == tone


def test_a_parcel_that_may_exist_is_looked_for_before_anything_of_it_is_corrected() -> None:
    delivery = make_delivery()
    make_shipment(delivery, state=ShipmentState.ATTENTION, reason=Reason.REFUSED)
    told = follows(delivery)
    assert "Look the parcel up" in told
    assert "Request the label" not in told


@pytest.mark.parametrize("doubt", [Doubt.NEVER_READY, Doubt.CARD_LEFT])
def test_of_a_parcel_to_look_for_no_way_on_is_named_that_has_no_button(doubt: Doubt, change_settings: Any) -> None:
    change_settings(TRACKING=True)
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="7023210039414604")
    Tracking.objects.create(shipment=shipment, state=ParcelState.PERSON, doubt=doubt)
    assert "look where it is, then press the button beside it that fits" in follows(shipment.delivery)


def test_of_a_refused_parcel_on_hold_it_is_said_first_what_lets_its_delivery_go_on() -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    make_shipment(delivery, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    hold, parcel = standing(delivery).follows
    assert "“Resume”" in hold
    assert "“Request the label”" in parcel


@pytest.mark.parametrize(
    ("parcel", "word", "stays"),
    [
        ({}, "on hold, label ready", True),
        ({"printed_at": timezone.now()}, "on hold, label ready", True),
        ({"transmitted_at": timezone.now()}, "On hold", False),
        ({"api": "portal by card", "group": "", "transmitted_at": timezone.now()}, "on hold, label ready", True),
    ],
)
def test_of_what_is_on_hold_with_its_label_it_is_said_that_it_does_not_leave(
    parcel: dict[str, Any], word: str, stays: bool
) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    make_shipment(delivery, state=ShipmentState.LABELLED, **parcel)
    found = standing(delivery)
    assert (found.word, found.tone) == (word, Tone.WAIT)
    assert ("does not leave" in " ".join(found.why)) == stays
    assert ("does not leave" in " ".join(found.follows)) == stays
