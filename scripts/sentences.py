"""Composes what buyers and clerks read, with real states, reasons and figures, English and French side by side.

A native reader reads it: whether a sentence is right is seen only once it is put together. ``make sentences`` writes
the page. Needs Django set up, an empty database, and an emulator as Canada Post.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from io import StringIO
from itertools import product
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.admin.changes.buttons import CHANGES, SHIPMENT_CHANGES
from deliver_to_po.admin.deliveries.story import story_of
from deliver_to_po.checkout.pages.problems import SENT_BACK
from deliver_to_po.core.choices import Compared, Differs, Doubt, ManifestState, NoticeKind, ParcelState, Reason, Scan
from deliver_to_po.core.choices import DeliveryState as D
from deliver_to_po.core.choices import ShipmentState as S
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.handoff.day_end.curing import CURES
from deliver_to_po.models import Comparison, Delivery, Manifest, Notice, Shipment, Tracking, TrackingEvent, links
from deliver_to_po.notices import kinds, morning
from deliver_to_po.notices.about import BY_EVENT
from scripts.side_by_side import Page, texts
from tests.example_shop.buyer import Buyer
from tests.factories import make_delivery, make_shipment

LANGUAGES = ("en", "fr")
SETTINGS: Mapping[str, Any] = {
    "TRACKING": True,
    "BASE_TEMPLATE": "shop/base.html",
    "SEARCHES_PER_VISITOR_PER_MINUTE": 0,
    "CLERKS": ("desk@shop.example.com",),
    "BUYER_MAY": {"CANCEL": True, "SHIP_HOME": True},
}
PIN = "7023210039414604"


def reasons(first: Reason, last: Reason) -> Sequence[Reason]:
    """Return the reasons from one to another, as they are listed."""
    every = list(Reason)
    return every[every.index(first) : every.index(last) + 1]


OF_DELIVERY: Mapping[D, Sequence[Reason]] = {
    D.PLACED: (Reason.NONE,),
    D.HELD: (*reasons(Reason.ON_HOLD, Reason.NOT_FOR_POST_OFFICE), Reason.PAUSED),
    D.NEEDS_CHOICE: (Reason.OFFICE_NO_LONGER, Reason.OFFICE_GONE, Reason.NEVER_CHOSEN, Reason.CHOICE_ERASED),
    D.CANCELLED: (*reasons(Reason.CANCELLED, Reason.EXPIRED), Reason.BY_BUYER),
}
OF_SHIPMENT: Mapping[S, Sequence[Reason]] = {
    **dict.fromkeys(S, (Reason.NONE,)),
    S.WAITING: (
        *(Reason.NONE, Reason.OFFICE_NOT_CHECKED, Reason.CRASHED),
        *reasons(Reason.PAUSED, Reason.NO_CARD),
        *reasons(Reason.RECEIVER_GONE, Reason.UNAVAILABLE),
    ),
    S.UNKNOWN: (Reason.UNKNOWN,),
    S.MADE: reasons(Reason.LABEL_NOT_READY, Reason.LABEL_MISSING),
    S.ATTENTION: (
        *reasons(Reason.UNREADABLE, Reason.UNFINISHED),
        *reasons(Reason.NOT_REPORTED, Reason.NO_REFUND_EMAIL),
    ),
    S.SUSPENDED: (Reason.SUSPENDED,),
    S.VOIDING: (Reason.TAKE_BACK_UNKNOWN,),
    S.REFUSED: (Reason.INVALID, Reason.REFUSED),
}


def deliveries() -> Iterator[tuple[str, Delivery]]:
    """Make deliveries with parcels in each state, for each reason, with what is asked for; yield what each is."""
    now = timezone.now()
    label, released = {"state": S.LABELLED}, {"state": D.RELEASED}
    printed = {**label, "printed_at": now, "tracking_pin": PIN}
    sent = {**printed, "transmitted_at": now, "shipment_id": "1"}
    rows: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        *(({"state": state, "reason": why}, []) for state, every in OF_DELIVERY.items() for why in every),
        *(
            ({"state": D.HELD, "reason": one, "wished": one}, [])
            for one in (Reason.BUYER_CANCELS, Reason.BUYER_TO_HOME)
        ),
        ({"state": D.PLACED, "hold_asked_at": now}, []),
        ({"state": D.HELD, "reason": Reason.ON_HOLD}, [label]),
        ({"state": D.NEEDS_CHOICE, "reason": Reason.OFFICE_GONE, "hold_asked_at": now}, [label]),
        ({**released, "stop_asked_at": now}, [{"state": S.VOIDING}]),
        ({**released, "reason": Reason.ERASED, "erased_at": now}, [label]),
        *(
            (released, [{"state": state, "reason": why, "due_at": now + timedelta(minutes=5)}])
            for state, every in OF_SHIPMENT.items()
            for why in every
        ),
        (released, [{"state": S.REFUSED, "reason": Reason.REFUSED, "reason_text": "Invalid phone number."}]),
        (released, [{"state": S.REFUND_ASKED, "change_asked_at": now}]),
        (released, [{**label, "change_asked_at": now}]),
        (released, [printed, {"state": S.WAITING}]),
        *(
            (released, [{**printed, "manifest": Manifest(parcels=1, state=ManifestState.ATTENTION, reason=why)}])
            for why in reasons(Reason.TRANSMIT_UNKNOWN, Reason.MANIFEST_MISSING)
        ),
        (released, [{**printed, "manifest": Manifest(parcels=2, state=ManifestState.ASKED)}]),
    ]
    known = [state for state in ParcelState if state != ParcelState.PERSON]
    for state, days in (*product(known, (0, 6)), *((ParcelState.READY, days) for days in (12, 13, 14, 15))):
        day = shop_day() - timedelta(days=days)
        where = {"state": state, "on": day, "time": "10:00:00", "ready_on": day, "office_name": "RIVER STREET"}
        if state == ParcelState.ELSEWHERE:
            where["office_id"] = "0000385964"
        rows.append((released, [{**sent, "tracking": Tracking(**where)}]))
    rows += ((released, [{**sent, "tracking": Tracking(state=ParcelState.PERSON, doubt=why)}]) for why in Doubt if why)
    for number, (fields, parcels) in enumerate(rows, 1001):
        delivery = make_delivery(reference=f"M-{number}", office_name="COMPTOIR DU COIN", **fields)
        what = [str(fields["state"])]
        for parcel, known_of_it in enumerate(parcels, 1):
            beside = dict(known_of_it)
            tracking: Any = beside.pop("tracking", None)
            if "manifest" in beside:
                beside["manifest"].save()
            shipment = make_shipment(delivery, parcel=parcel, **beside)
            what.append(str(shipment.state))
            if tracking is not None:
                tracking.shipment = shipment
                tracking.save()
                what.append(str(tracking.state))
        yield " · ".join(what), delivery


def stands(delivery: Delivery, language: str) -> Iterator[str]:
    """Yield how a delivery stands, why, and what happens next, as the desk says it in a language."""
    with override(language):
        standing = story_of(delivery).standing
        yield from (standing.word, *standing.why, *standing.follows)


def pages(firsts: Mapping[str, Delivery]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield of each page what it is, its address, and what is posted to it; ``firsts`` are the first of each kind."""

    def desk(name: str, *args: Any) -> str:
        return reverse(f"admin:deliver_to_po_{name}", args=args)

    for what, delivery in firsts.items():
        yield f"The desk: {what}", desk("delivery_change", delivery.pk), {}
        yield f"The buyer’s order: {what}", delivery.order.get_absolute_url(), {}
        yield f"The buyer’s link: {what}", links.path_for(delivery), {}
        yield f"The desk’s link: {what}", desk("choose_link", delivery.pk), {}
        for change in CHANGES:
            yield f"The desk asks: {change.name}, {what}", desk(change.name, delivery.pk), {}
        for one, shipment in product(SHIPMENT_CHANGES, delivery.shipments.all()):
            yield f"The desk asks: {one.name}, {what}", desk(one.name, shipment.pk), {}
    for count, kind in ((3, Differs.UNKNOWN), *((1, kind) for kind in Differs)):
        each = {"kind": kind, "reference": "S-77", "tracking_number": PIN}
        found = [{"shipment_id": f"{kind}{count}{at}", **each} for at in range(count)]
        counts = {"differences": found, "differing": count, "theirs": count + 1, "ours": 1}
        row = Comparison.objects.create(what=Compared.GROUP, name=f"main-street-{kind}-{count}", **counts)
        for how in CURES.get(kind, ()):
            yield f"A difference: {kind}, {how}", desk("difference", row.pk, f"{kind}{count}0", how), {}
    for name in ("leave_the_rest", "day_end", "manifest_changelist", "print", "day", "costs", "table", "by_hand"):
        yield f"The desk: {name}", desk(name), {}
    for name in ("delivery_changelist", "export_changelist", "pause_add", "privacy", "invoice"):
        yield f"The desk: {name}", desk(name), {}
    for scanned in ("M-1001", "nothing like it"):
        yield f"The packing table, {scanned} scanned", f"{desk('table')}?q={scanned}", {}
    yield "An invoice", desk("invoice"), {"lines": f"{PIN} 12.50\n{PIN} 12.50\n7023210039414611 1.00"}
    yield "A privacy request", desk("privacy"), {"email": "marie@example.com", "do": "find"}
    step = reverse("deliver_to_po:choose")
    for words in ("K1A 0B1", "K1A 0B", "Ottawa", "Windsor", "Nowhere at all", "12 Bank Street, Ottawa", "X0A 0H0"):
        yield f"The step: “{words}”", f"{step}?q={words}", {}
    for code in SENT_BACK:
        yield f"The step, sent back: {code}", f"{step}?problem={code}", {}


def purchase(client: Client) -> Iterator[tuple[str, Any]]:
    """Buy something; yield what each page is and what it holds."""
    buyer = Buyer()
    buyer.client = client
    buyer.put_into_basket("wool-blanket")
    yield "The shop: who you are", buyer.get("shop:checkout")
    buyer.say_who()
    yield "The shop: its methods", buyer.get("shop:delivery")
    buyer.choose_method("post_office")
    yield "The step: nothing chosen", buyer.post("deliver_to_po:choose", {"q": "H2X 1Y4"}).content
    buyer.choose_office()
    yield "The step: who picks up", buyer.get("deliver_to_po:recipient")
    wrong = {
        "phone": "12",
        "email": "x",
        "postal_code": "O1O 1O1",
        "name": "中",
        "city": "",
        "address_line_1": "?" * 90,
    }
    yield "The step: a wrong recipient", buyer.name_recipient(**wrong).content
    yield "The step: a doubtful one", buyer.name_recipient(phone="+33 1 42 68 53 00", province="ON").content
    buyer.name_recipient()
    yield "The shop: its last page", buyer.get("shop:review")
    yield "The shop: the order", client.get(buyer.place_order()["location"], follow=True).content


def mails(language: str) -> Iterator[tuple[str, str]]:
    """Yield each kind of e-mail in a language, its subject first."""
    states = {
        NoticeKind.LABEL_MADE: ParcelState.NOT_SEEN,
        NoticeKind.ELSEWHERE: ParcelState.ELSEWHERE,
        NoticeKind.RETURNING: ParcelState.RETURNING,
    }
    unchosen = Delivery.objects.filter(state=D.NEEDS_CHOICE).earliest("pk")
    for kind, live in product(NoticeKind, (False, True)):
        # The first of a parcel's last days comes after the fifth day.
        since = shop_day() - timedelta(days=6 if kind == NoticeKind.FIFTH_DAY else 20)
        found = Shipment.objects.filter(
            tracking__state=states.get(kind, ParcelState.READY), tracking__ready_on__gte=since
        )
        shipment = found.earliest("tracking__ready_on")
        delivery, occasion = shipment.delivery if kinds.KINDS[kind].of_parcel else unchosen, shipment.pk
        if kind in BY_EVENT:
            at: Any = {"on": shipment.tracking.on, "time": "10:00:00", "tracking": shipment.tracking}
            occasion = TrackingEvent.objects.get_or_create(scan=Scan.READY, code="1", **at)[0].pk
        delivery.live, delivery.language = live, language
        written: Any = kinds.KINDS[kind].write(Notice(pk=1, delivery=delivery, kind=kind, occasion=occasion), delivery)
        yield f"E-mail: {kind}", f"{written.subject}\n{written.body}"
    with override(language):
        message: Any = morning._message()
    yield "E-mail of the morning", f"{message.subject}\n{message.body}"


def compose() -> Page:
    """Return all of it."""
    page = Page()
    call_command("seed", stdout=StringIO())
    clerk: Any = get_user_model()._default_manager.create_superuser("camille")
    clients = [Client(headers={"accept-language": language}) for language in LANGUAGES]
    with page.listen():
        for client in clients:
            client.force_login(clerk)
        firsts = dict[str, Delivery]()
        for what, delivery in deliveries():
            firsts.setdefault(what, delivery)
            page.add(f"A delivery: {what}", *(stands(delivery, language) for language in LANGUAGES))
        for where, path, data in pages(firsts):
            paths = [path.replace("/again/en/", f"/again/{language}/") for language in LANGUAGES]
            answers = [one.post(url, data) if data else one.get(url) for one, url in zip(clients, paths, strict=True)]
            if not {answer.status_code for answer in answers} & {302, 404}:
                page.add(where, *(texts(b"".join(answer)) for answer in answers))
        for (where, english), (_where, french) in zip(*map(purchase, clients), strict=True):
            page.add(where, texts(english), texts(french))
        told = []
        for language in LANGUAGES:
            with override_settings(LANGUAGE_CODE=language):
                told.append(list(mails(language)))
        for (where, english), (_where, french) in zip(*told, strict=True):
            page.add(where, english.splitlines(), french.splitlines())
    page.add_the_rest()
    return page
