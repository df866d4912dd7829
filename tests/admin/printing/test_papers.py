"""Papers beside the labels: packing slips in the buyer's language, the pick list, the printer's test page."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from pypdf import PdfReader

from deliver_to_po.adapter import Address, Sender
from deliver_to_po.admin.open_label import NAMED, void_labels
from deliver_to_po.admin.printing import papers
from deliver_to_po.admin.printing.label_words import WHY_NOT, why_not
from deliver_to_po.admin.printing.papers import cover_sheet
from deliver_to_po.core.choices import DeliveryState, ParcelState, PrintForm, ShipmentState
from deliver_to_po.handoff.printing import label_state
from deliver_to_po.handoff.printing.job_file import JobLine, Printed
from deliver_to_po.handoff.printing.label_state import LabelState
from deliver_to_po.labels.listing import ListWords, render_list
from deliver_to_po.models import Delivery, PrintJob, Shipment, Tracking
from tests.admin.browsing import desk, said, select
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(clerk: Clerk) -> Client:
    """Return the browser of a clerk that may print."""
    return clerk("view_delivery", "print_labels")


@pytest.fixture(autouse=True)
def _columns_fill_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no list have a column beside the paper, where nobody would read it and a test would."""

    def checked(words: ListWords) -> bytes:
        assert [sum(section.widths) for section in words.sections] == pytest.approx(
            [1.0] * len(words.sections), abs=0.002
        )
        return render_list(words)

    monkeypatch.setattr(papers, "render_list", checked)


def texts(response: Any) -> list[str]:
    """Return what each page of a PDF says, in one line."""
    assert response["Content-Type"] == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(response.getvalue())).pages]


def test_a_packing_slip_is_in_the_buyers_language_and_names_no_price(client: Client, shop_says: Any) -> None:
    shop_says("contents", [(2, "Planche d’érable")])
    rows = [make_delivery(reference="A-1", language="fr", live=True), make_delivery(reference="A-2", language="en")]
    # What is not ordered yet is packed for nobody.
    first, second = texts(select(client, "packing_slips", *rows, make_draft()))
    assert ["TEST" in slip for slip in (first, second)] == [False, True]
    assert "Ottawa ON K2B 7K0" in second
    for word in ("Bordereau d’emballage", "A-1", "Marie-Ève Côté", "Comptoir du Coin", "2 × Planche d’érable"):
        assert word in first
    assert "Packing slip" in second
    assert "$" not in first + second


@pytest.mark.parametrize("wrong", [["x"], [(1, 2, 3)], [("many", "x")], [(1, None)], lambda _: 1 / 0])
def test_where_the_shop_cannot_say_what_is_inside_the_slip_says_so(client: Client, shop_says: Any, wrong: Any) -> None:
    shop_says("contents", wrong)
    [slip] = texts(select(client, "packing_slips", make_delivery(language="en")))
    assert "see the order" in slip


def test_what_is_not_to_be_packed_is_left_out_and_that_is_said(
    client: Client, shop_says: Any, change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    shop_says("contents", [(2, "Board")])
    shop_says("is_paid", False)
    good = make_delivery(reference="GOOD-1", language="en")
    bad = [
        *(make_delivery(reference="BAD-1", state=state) for state in ("held", "needs_choice", "cancelled")),
        make_delivery(reference="BAD-2", stop_asked_at=timezone.now()),
        # Without a label yet; that of the good one was requested though it is not paid.
        make_delivery(reference="BAD-3", state="placed"),
        make_delivery(reference="BAD-4", erased_at=timezone.now(), recipient_name=""),
        # Not counted: nobody would pack it.
        make_draft(reference="BAD-5"),
    ]
    told = "6 deliveries are left out: on hold, cancelled, erased, not paid, or without a post office."
    for action in ("packing_slips", "pick_list"):
        answer = select(client, action, good, *bad)
        [page] = texts(answer)
        assert "GOOD-1" in page
        assert "BAD" not in page
        assert said(answer) == [told]
        assert said(select(client, action, *bad)) == [told]


def test_the_pick_list_adds_up_the_same_things_and_names_their_orders(client: Client, shop_says: Any) -> None:
    shop_says("contents", [(2, "Board"), (1, "Soap")])
    rows = [make_delivery(reference=reference) for reference in ("A-1", "A-2")]
    [words] = texts(select(client, "pick_list", *rows))
    assert "2 deliveries" in words
    assert " 4 × Board A-1 (2), A-2 (2)" in words
    assert " 2 × Soap A-1 (1), A-2 (1)" in words
    assert "Look at the order" not in words


def test_the_pick_list_is_in_the_order_of_the_alphabet_with_accents_too(client: Client, shop_says: Any) -> None:
    shop_says("contents", [(1, "Zinc"), (1, "Érable"), (1, "savon")])
    [page] = texts(select(client, "pick_list", make_delivery(reference="A-1")))
    assert page.index("Érable") < page.index("savon") < page.index("Zinc")


def test_the_pick_list_names_the_orders_of_which_it_is_not_known_what_is_inside(client: Client, shop_says: Any) -> None:
    known, failing, empty = (make_delivery(reference=reference) for reference in ("A-1", "B-2", "C-3"))
    inside = {known.order_id: [(1, "Soap")], empty.order_id: []}
    shop_says("contents", lambda order: inside[order.pk])
    [page] = texts(select(client, "pick_list", known, failing, empty))
    to_fetch, unknown = page.split("Contents unknown: see the order")
    assert " 1 × Soap A-1 (1)" in to_fetch
    assert [reference for reference in ("A-1", "B-2", "C-3") if reference in unknown] == ["B-2", "C-3"]


def test_a_packing_slip_has_the_whole_address_of_the_sender(client: Client, shop_says: Any) -> None:
    whole = Address("1 rue de l’Exemple", "Ottawa", "ON", "K1A0B1", line_2="Local 5")
    sender = Sender(company="Boutique", phone="613-555-0100", address=whole)
    shop_says("ship_from", sender)
    [slip] = texts(select(client, "packing_slips", make_delivery()))
    assert "Boutique 1 rue de l’Exemple Local 5 Ottawa ON K1A 0B1" in slip


def test_more_deliveries_than_one_file_holds_are_counted_and_none_is_printed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MOST_AT_ONCE", 2)
    answer = select(client, "packing_slips", *(make_delivery() for _each in range(3)))
    assert said(answer) == ["These are 3 deliveries. At most 2 are printed at once: choose fewer."]


def test_slips_lie_in_the_order_of_their_labels(client: Client, shop_says: Any) -> None:
    """Numbers in the shop's ``packing_order`` count as numbers, as ``print_jobs`` sorts labels."""
    rows = [make_delivery(reference=f"A-{number}", language="en") for number in range(3)]
    shelves = dict(zip((row.order_id for row in rows), ("shelf 10", "shelf 2", "aisle"), strict=True))
    shop_says("packing_order", lambda order: shelves[order.pk])
    slips = texts(select(client, "packing_slips", *rows))
    assert [next(row.reference for row in rows if row.reference in slip) for slip in slips] == ["A-2", "A-1", "A-0"]


def test_a_packing_slip_says_how_many_parcels_the_order_has_when_there_are_several(client: Client) -> None:
    one, two = make_delivery(reference="A-1", language="en"), make_delivery(reference="B-2", language="en")
    make_shipment(one, parcel=1, tracking_pin="7023210000000011")
    # A parcel and its next revision are one parcel.
    make_shipment(one, parcel=1, revision=2, state="dropped", tracking_pin="7023210000000012")
    make_shipment(two, parcel=1, tracking_pin="7023210000000021")
    make_shipment(two, parcel=2, tracking_pin="7023210000000022")
    first, second = texts(select(client, "packing_slips", one, two))
    assert "parcels" not in first
    assert "7023 2100 0000 0011" in first
    assert "7023 2100 0000 0012" not in first
    assert "2 parcels" in second
    assert "7023 2100 0000 0021, 7023 2100 0000 0022" in second


def test_each_parcel_has_a_slip_of_its_own_where_the_shop_says_what_is_in_each(client: Client) -> None:
    told = make_delivery(reference="A-1", language="fr")
    for number, name in ((1, "Planche"), (2, "Cire")):
        pin = f"702321000000001{number}"
        make_shipment(told, parcel=number, of_parcels=2, contents=[["3.000", name]], tracking_pin=pin)
    slips = texts(select(client, "packing_slips", told))
    assert [f"colis {number} sur 2" in slip for number, slip in enumerate(slips, start=1)] == [True, True]
    assert ["3 × Planche" in slip for slip in slips] == [True, False]
    assert ["7023 2100 0000 0012" in slip for slip in slips] == [False, True]


@pytest.mark.parametrize(("paper", "width"), [("label", 288), ("letter", 612)])
def test_the_printers_test_page(client: Client, paper: str, width: int) -> None:
    response = client.get(desk("printer_test", paper))
    [page] = PdfReader(BytesIO(response.getvalue())).pages
    assert float(page.mediabox.width) == width
    assert "centimetres" in page.extract_text()


def test_there_is_no_test_page_for_other_paper(client: Client) -> None:
    assert client.get(desk("printer_test", "a4")).status_code == 404


def test_the_cover_sheet_names_what_is_not_in_the_file(admin_user: User) -> None:
    job = PrintJob(live=False, form=PrintForm.FOUR, without=["ORD-9"])
    content = cover_sheet(job, Printed(later=[4, 5]), admin_user)
    words = " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())
    for told in (
        "Cover sheet: not a label",
        "0 labels are in this file.",
        "2 more labels are ready, from number 4 on.",
        "TEST: None of these are real parcels.",
        "ORD-9 It has no parcel yet.",
    ):
        assert told in words


@pytest.mark.parametrize("form", PrintForm)
def test_what_was_printed_before_takes_one_line_of_the_cover_sheet(admin_user: User, form: PrintForm) -> None:
    """Two labels come late of a job of 300, and a label printer's roll is dear."""
    before = [JobLine(number, number, f"ORD-{number}", "", LabelState.PRINTED) for number in range(1, 300)]
    printed = Printed(
        inside=[JobLine(300, 300, "ORD-300", "", LabelState.READY)],
        left_out=[*before[:150], JobLine(151, 151, "ORD-151", "", LabelState.COMING), *before[151:]],
    )
    [page] = PdfReader(BytesIO(cover_sheet(PrintJob(live=True, form=form), printed, admin_user))).pages
    words = " ".join(page.extract_text().split())
    assert "1–150, 152–299 It was printed before." in words
    assert "151 ORD-151 It has no label yet." in words


@time_machine.travel(datetime(2026, 11, 25, 17, tzinfo=UTC), tick=False)
def test_the_list_for_the_counter_has_what_leaves_today_and_nothing_else(clerk: Clerk) -> None:
    # Logged in on that day too.
    client = clerk("view_delivery", "print_labels")
    assert client.get(desk("counter")).status_code == 302
    now = timezone.now()
    # By UTC this is of today already.
    long_ago = now - timedelta(hours=14)
    ready: dict[str, Any] = {"state": ShipmentState.LABELLED, "made_at": now, "printed_at": now}

    def parcel(reference: str, state: str = DeliveryState.RELEASED, stop: Any = None, **fields: Any) -> None:
        delivery = make_delivery(reference=reference, state=state, stop_asked_at=stop)
        make_shipment(delivery, tracking_pin=f"70232100394{len(reference):05d}", **{**ready, **fields})

    parcel("BEFORE-ITS-MANIFEST", group="g", printed_at=long_ago)
    parcel("TRANSMITTED", group="g", transmitted_at=now)
    parcel("WITHOUT-A-GROUP", group="")
    parcel("LEFT-ALREADY", group="g", transmitted_at=long_ago, printed_at=long_ago)
    parcel("PRINTED-DAYS-AGO", group="", printed_at=long_ago)
    parcel("NOT-PRINTED", group="g", printed_at=None)
    last_evening: dict[str, Any] = {"printed_at": long_ago, "mailing_date": date(2026, 11, 25)}
    parcel("PRINTED-LAST-EVENING", group="", **last_evening)
    parcel("TRANSMITTED-LAST-EVENING", group="g", transmitted_at=long_ago, **last_evening)
    parcel("SCANNED-SINCE", group="g", transmitted_at=long_ago, **last_evening)
    Tracking.objects.create(shipment=Shipment.objects.latest("pk"), state=ParcelState.IN_TRANSIT)
    parcel("FORGOTTEN-AT-THE-DAYS-END", group="g", printed_at=long_ago)
    Tracking.objects.create(shipment=Shipment.objects.latest("pk"), state=ParcelState.IN_TRANSIT)
    parcel("ERASED", group="g")
    Delivery.objects.filter(reference="ERASED").update(erased_at=now)
    parcel("HELD", DeliveryState.HELD, group="g")
    parcel("BEING-CANCELLED", stop=now, group="g")
    parcel("BEING-MADE-AGAIN", change_asked_at=now, group="g")
    [words] = texts(client.get(desk("counter")))
    assert "5 parcels" in words
    leaving = ("BEFORE-ITS-MANIFEST", "TRANSMITTED", "WITHOUT-A-GROUP", "PRINTED-LAST-EVENING", "TRANSMITTED-LAST-EVEN")
    assert [name for name in leaving if name not in words] == []
    # It may have been left for another day: it must not leave unknown to Canada Post.
    assert [words.count("To transmit"), "0019 To transmit" in words] == [1, True]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "2 printed labels must not be used. No parcel leaves with one of them: destroy them. VOIDED (7023 2100"),
        ("fr", "2 étiquettes imprimées ne doivent pas servir. Aucun colis ne part avec l’une d’elles"),
    ],
)
def test_what_was_printed_and_is_void_by_now_is_named_where_the_parcels_leave(
    clerk: Clerk, language: str, told: str
) -> None:
    """The shop itself may have cancelled the order: its box lies with the others."""
    now = timezone.now()
    made: dict[str, Any] = {"made_at": now, "printed_at": now, "tracking_pin": "7023210039414604"}

    def void(reference: str, **fields: Any) -> Shipment:
        delivery = make_delivery(reference=reference, state=DeliveryState.CANCELLED)
        return make_shipment(delivery, **{**made, "state": ShipmentState.VOIDED, **fields})

    void("VOIDED")
    void("NOT-PRINTED", printed_at=None)
    void("LONG-AGO", printed_at=now - timedelta(days=2))
    void("DESTROYED", state=ShipmentState.REFUND_ASKED, open_parcel=None)
    Tracking.objects.create(shipment=void("IN-THE-POST"), state=ParcelState.IN_TRANSIT)
    erased = make_delivery(reference="ERASED", erased_at=now)
    make_shipment(erased, state=ShipmentState.LABELLED, group="g", **made)
    make_shipment(state=ShipmentState.LABELLED, group="", **{**made, "tracking_pin": ""})
    client = clerk("view_delivery", "print_labels", "transmit_manifest")
    asked = {"accept-language": language}
    [paper] = texts(client.get(desk("counter"), headers=asked))
    for words in (paper, client.get(desk("day_end"), headers=asked).content.decode()):
        assert told in " ".join(strip_tags(words).split())
        assert "ERASED (7023" in words
        assert ("LONG-AGO" in words, "DESTROYED" in words, "IN-THE-POST" in words) == (False, False, False)


def test_all_that_must_not_be_used_is_counted_however_few_are_named() -> None:
    now = timezone.now()
    first = make_shipment(state=ShipmentState.VOIDED, made_at=now, printed_at=now)
    fields = {field.attname: getattr(first, field.attname) for field in Shipment._meta.concrete_fields}
    Shipment.objects.bulk_create(
        Shipment(**{**fields, "id": None, "request_id": str(number), "parcel": number}) for number in range(2, 103)
    )
    count, named = void_labels()
    assert count.startswith("102 printed labels must not be used")
    assert named.count(first.delivery.reference) == NAMED


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "3 more parcels are not on this list."), ("fr", "3 autres colis ne sont pas dans cette liste.")],
)
def test_the_list_for_the_counter_says_how_many_parcels_it_leaves_out(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    monkeypatch.setattr(label_state, "MOST_LEAVING", 2)
    now = timezone.now()

    def words(*groups: str) -> str:
        for group in groups:
            make_shipment(state=ShipmentState.LABELLED, made_at=now, printed_at=now, group=group, due_at=None)
        [page] = texts(client.get(desk("counter"), headers={"accept-language": language}))
        return page

    assert told[2:] not in words("g", "g", "", "")
    assert told in words("g", "", "")


def test_each_state_of_a_label_has_its_words() -> None:
    assert set(WHY_NOT) == set(LabelState)
    assert why_not(make_shipment(), LabelState.ERASED) == "The recipient and the label are erased."


def test_of_a_label_that_another_clerk_has_it_is_said_who(admin_user: User) -> None:
    shipment = make_shipment(print_job=PrintJob.objects.create(user=admin_user))
    assert why_not(shipment, LabelState.TAKEN).startswith("admin has had it in a print job since")
    assert why_not(make_shipment(), LabelState.TAKEN).startswith("It is in another print job")
