"""Printing labels in bulk: what is taken, what is in the file, who is told what, and nothing twice unasked."""

import gc
import html
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from deliver_to_po.admin.printing import print_pages
from deliver_to_po.core import in_parts
from deliver_to_po.core.choices import PrintForm, Reason, ShipmentState
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.printing import job_file as handoff_printing
from deliver_to_po.handoff.printing import print_jobs
from deliver_to_po.handoff.printing.job_file import write_labels
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen
from deliver_to_po.models import Delivery, PrintJob, Shipment, Tracking
from deliver_to_po.models.shipment import label_storage
from tests.admin import browsing
from tests.admin.browsing import desk, said, select, words_of
from tests.admin.conftest import PIN, Clerk
from tests.bystanders import Bystanders
from tests.factories import PARCEL, make_delivery, make_shipment
from tests.handoff.printing.test_job_file import printed

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]
MAY_PRINT = ("view_delivery", "print_labels")


@pytest.fixture
def client(clerk: Clerk) -> Client:
    return clerk(*MAY_PRINT)


def labelled(
    reference: str, *, content: bytes | None = b"", parcel: int = 1, delivery: Any = None, **fields: Any
) -> Shipment:
    """Return a parcel with its label in the storage; ``content`` None makes it missing."""
    about = {name: fields.pop(name) for name in ("live", "placed_at") if name in fields}
    state = fields.pop("delivery_state", "released")
    delivery = delivery or make_delivery(reference=reference, state=state, **about)
    pin = f"70232100{Shipment.objects.count():08}"
    name = f"{reference}.{parcel}.pdf"
    if content is not None:
        name = label_storage().save(name, ContentFile(content or specimen(reference)))
    known = {"label_media_type": "application/pdf", "tracking_pin": pin, "due_at": None}
    return make_shipment(delivery, state="labelled", label=name, parcel=parcel, **{**known, **fields})


@cache
def specimen(reference: str) -> bytes:
    return render_specimen(SpecimenWords(("Shop",), ("Office",), "Ann", "Expedited Parcel", PIN, reference=reference))


def take(client: Client) -> PrintJob:
    """Take the queue as a clerk does, and return the job."""
    response = client.post(desk("print"))
    assert response.status_code == 302
    return PrintJob.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])


def take_these(client: Client, *shipments: Shipment | Delivery) -> PrintJob:
    rows = [row.delivery if isinstance(row, Shipment) else row for row in shipments]
    select(client, "print_labels", *rows)
    return PrintJob.objects.latest("created_at")


def fetch(client: Client, job: PrintJob, name: str = "print_file", **form: Any) -> Any:
    response = client.post(desk(name, job.pk), {"form": "label", "start": "1", **form})
    # Read at once, as a browser does, which closes the file.
    response.read = b"".join(response.streaming_content) if response.streaming else b""  # type: ignore[attr-defined]
    return response


def pages(response: Any) -> list[str]:
    assert response.status_code == 200
    return [page.extract_text() for page in PdfReader(BytesIO(response.read)).pages]


def references(response: Any) -> list[str]:
    """Return the references of the labels in a file, in its order; the cover sheet left out."""
    return references_in(pages(response)[1:])


def references_in(texts: Sequence[str]) -> list[str]:
    """Return the references of all labels on these pages."""
    return [part.split("\n")[0].strip() for text in texts for part in text.split("Référence : ")[1:]]


def page_of(client: Client, job: PrintJob, **headers: Any) -> str:
    return words_of(client.get(desk("print_job", job.pk), **headers))


def colleague() -> Client:
    user = User.objects.create_user("colleague", password="secret", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=MAY_PRINT))
    client = Client()
    client.force_login(user)
    return client


def test_the_queue_becomes_one_file_in_the_order_placed_and_each_label_is_marked_with_who_printed_it(
    client: Client,
) -> None:
    now = timezone.now()
    second = labelled("B-2", placed_at=now - timedelta(hours=1))
    first = labelled("A-1", placed_at=now - timedelta(hours=2))
    other = labelled("A-1", delivery=first.delivery, parcel=2)
    job, bystanders, kept = take(client), Bystanders(), ("state", "label", "due_at", "tries", "transmitted_at")
    before = list(Shipment.objects.order_by("pk").values(*kept))
    response = fetch(client, job)
    bystanders.assert_unchanged()
    assert list(Shipment.objects.order_by("pk").values(*kept)) == before
    assert references(response) == ["A-1", "A-1", "B-2"]
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert printed(first, other, second) == [("clerk", 1)] * 3


def test_the_queue_says_what_is_free_and_what_each_clerk_has_taken(client: Client) -> None:
    for number in range(2):
        labelled(f"A-{number}")
    job = take(client)
    for number in range(3):
        labelled(f"B-{number}")
    shown = client.get(desk("print")).context
    assert (shown["queue"], shown["free"]) == (print_jobs.PrintQueue(waiting=5, taken=2, live=False), 3)
    assert shown["jobs"] == [{"job": job, "url": desk("print_job", job.pk), "when": day_and_time(job.created_at)}]
    fetch(client, job)
    again = client.get(desk("print_again", job.pk)).context
    assert [row[:2] for row in again["printed"]] == [("1", "A-0"), ("2", "A-1")]
    assert (again["forms"], list(again["starts"])) == (PrintForm.choices, [1, 2, 3, 4])
    assert (again["job"], again["job_url"]) == (job, desk("print_job", job.pk))


@pytest.mark.parametrize(("form", "start", "sheets"), [("four", "1", 1), ("four", "2", 2), ("two", "1", 2)])
def test_a_sheet_holds_two_labels_or_four_from_its_first_free_place(
    client: Client, form: str, start: str, sheets: int
) -> None:
    for number in range(4):
        labelled(f"A-{number}")
    assert len(pages(fetch(client, take(client), form=form, start=start))) == 1 + sheets
    labelled("A-9")
    assert take(client).form == form, "the next job begins with what was printed on last"


def test_a_job_says_who_took_it_and_is_given_back_until_it_is_printed_and_a_sheet_begins_at_any_of_its_places(
    client: Client,
) -> None:
    labelled("A-1")
    job = take(client)
    shown = page_of(client, job)
    assert "Taken by clerk on" in shown
    assert "Return the print job to the queue" in shown
    places = _places(client, "print_job", job)
    fetch(client, job)
    assert "Return the print job to the queue" not in page_of(client, job)
    assert _places(client, "print_again", job) == places == ["1", "2", "3", "4"]


def _places(client: Client, name: str, job: PrintJob) -> list[str]:
    page = browsing.page_of(client, desk(name, job.pk))
    return [place.get_text(strip=True) for place in page.select("[name=start] option")]


def test_a_label_that_is_printed_is_not_in_the_next_file_nor_in_the_queue(client: Client) -> None:
    shipment = labelled("A-1")
    job = take(client)
    fetch(client, job)
    again = fetch(client, job)
    assert again.status_code == 302
    assert said(again) == ["There is no label to print now: this page says what state each is in."]
    assert said(client.post(desk("print"))) == ["Nothing is left to print in the queue."]
    assert printed(shipment) == [("clerk", 1)]


def test_printing_again_warns_who_printed_it_and_prints_only_what_is_asked_for(client: Client) -> None:
    rows = [labelled(f"A-{number}", placed_at=timezone.now() + timedelta(seconds=number)) for number in range(1, 5)]
    fetch(colleague(), take_these(client, *rows))
    job = take_these(client, *rows)
    warning = html.unescape(client.get(desk("print_again", job.pk)).content.decode())
    assert "These labels have been printed before." in warning
    assert "printed by colleague on" in warning
    assert references(fetch(client, job, "print_again", first="2", last="3")) == ["A-2", "A-3"]
    assert printed(*rows) == [("colleague", 1), ("clerk", 2), ("clerk", 2), ("colleague", 1)]


def test_printing_again_marks_nothing_that_is_not_in_the_file(client: Client) -> None:
    """As one that was on hold when the others were printed."""
    rows = [labelled(f"A-{number}") for number in range(3)]
    job = take(client)
    Delivery.objects.filter(pk=rows[1].delivery_id).update(state="held")
    fetch(client, job)
    Delivery.objects.filter(pk=rows[1].delivery_id).update(state="released")
    again = fetch(client, job, "print_again", first="1", last="3")
    assert references(again) == ["A-0", "A-2"]
    assert "A-1" in pages(again)[0].partition("Not in this file")[2]
    assert printed(rows[1]) == [("", 0)]
    assert references(fetch(client, job)) == ["A-1"]


def test_numbers_that_are_none_print_nothing(client: Client) -> None:
    shipment = labelled("A-1")
    job = take(client)
    fetch(client, job)
    for first, last in (("", ""), ("3", "1"), ("x", "2"), ("1", "9" * 50), ("0", "0"), ("١", "٢")):
        response = client.post(desk("print_again", job.pk), {"first": first, "last": last})
        assert said(response) == ["Type two numbers of the list, the smaller one first."]
        # A slip of one number must not print all of them again.
        fields = BeautifulSoup(response.content, "html.parser").select("#d2po-first, #d2po-last")
        assert [field["value"] for field in fields] == [first[:6] or "1", last[:6] or "1"]
    assert printed(shipment) == [("clerk", 1)]


def test_of_two_clerks_who_take_the_queue_the_second_gets_what_is_left_and_is_told(client: Client) -> None:
    first = labelled("A-1")
    one = take(client)
    second = labelled("B-2")
    other = colleague()
    response = other.post(desk("print"))
    assert said(response) == ["1 label of the queue is in another print job, and stays there."]
    two = PrintJob.objects.latest("created_at")
    assert (one.chosen, two.chosen) == ([first.pk], [second.pk])
    chosen = take_these(other, first)
    assert "clerk has had it in a print job since" in page_of(other, chosen)


def test_what_was_given_back_or_forgotten_is_in_the_queue_again(client: Client) -> None:
    shipment = labelled("A-1")
    job = take(client)
    assert said(client.post(desk("print_job", job.pk))) == [
        "The print job is back in the queue: what was not printed waits there again."
    ]
    job = take(client)
    PrintJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - print_jobs.FORGOTTEN - timedelta(minutes=1))
    assert take(colleague()).chosen == [shipment.pk]


@pytest.mark.parametrize("name", ["print_job", "print_file", "print_again"])
def test_whoever_has_a_job_open_that_a_colleague_returned_is_told(client: Client, name: str) -> None:
    labelled("A")
    job = take(client)
    client.post(desk("print_job", job.pk))
    told = client.post(desk(name, job.pk), {"form": "label"}, follow=True).content.decode()
    assert "This print job no longer exists" in told
    assert "Take 1 label to print" in told


def test_of_two_who_press_at_once_one_gets_the_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = labelled("A-1")
    job = take(client)

    def write_while_another_prints(*arguments: Any, **named: Any) -> Any:
        found = write_labels(*arguments, **named)
        Shipment.objects.filter(pk=shipment.pk).update(printed_at=timezone.now(), prints=1)
        return found

    monkeypatch.setattr("deliver_to_po.admin.printing.print_pages.write_labels", write_while_another_prints)
    response = fetch(client, job)
    assert said(response) == [
        "While the file was being made, somebody else printed one of its labels, or one was voided. Check again."
    ]
    assert printed(shipment) == [("", 1)]


def test_what_cannot_be_printed_is_named_on_the_cover_sheet_with_the_reason_and_the_rest_goes_on(
    client: Client,
) -> None:
    rows: list[Shipment | Delivery] = [
        labelled("GOOD-1", live=True),
        labelled("TEST-1"),
        labelled("VOID-1", live=True, change_asked_at=timezone.now()),
        labelled("HELD-1", live=True, delivery_state="held"),
        labelled("MISSING-1", live=True, content=None),
        labelled("BROKEN-1", live=True, content=b"%PDF-1.4 broken"),
        labelled("ZPL-1", live=True, content=b"^XA^XZ", label_media_type="application/zpl"),
        labelled("SCANNED-1", live=True),
        make_shipment(make_delivery(reference="WAITS-1", live=True)),
        make_shipment(make_delivery(reference="PERSON-1", live=True), state="attention", due_at=None),
        make_delivery(reference="NONE-1", live=True, state="placed"),
    ]
    Tracking.objects.create(shipment=Shipment.objects.get(delivery__reference="SCANNED-1"), state="in_transit")
    cover, *labels = pages(fetch(client, take_these(client, *rows)))
    words = " ".join(cover.split())
    assert len(labels) == 1
    assert "1 label is in this file." in words
    assert "Tests:" not in words
    for reference, reason in (
        ("TEST-1", "It is a test, and the others are real parcels."),
        ("VOID-1", "It has been voided or refunded, or is about to be."),
        ("HELD-1", "Its delivery is on hold"),
        ("MISSING-1", "Its file is missing or cannot be read."),
        ("BROKEN-1", "Its file is missing or cannot be read."),
        (
            "ZPL-1",
            "Its label does not go with the chosen paper, since only one of them is ZPL. Print it on other paper.",
        ),
        ("SCANNED-1", "Canada Post has scanned the parcel already: it has a label."),
        ("WAITS-1", "It has no label yet."),
        ("PERSON-1", "It has no label. The delivery’s page says why."),
        ("NONE-1", "It has no parcel yet."),
    ):
        assert f"{reference} {reason}" in words, reference
    shipments = [row for row in rows if isinstance(row, Shipment)]
    assert printed(*shipments) == [("clerk", 1), *([("", 0)] * 9)]
    fetched_again = Shipment.objects.filter(pk__in=[rows[4].pk, rows[5].pk]).values_list("state", "reason")
    assert list(fetched_again) == [(ShipmentState.MADE, Reason.LABEL_MISSING)] * 2


def test_tests_are_printed_where_nothing_else_is_chosen(client: Client) -> None:
    shipment = labelled("TEST-1")
    job = take_these(client, shipment)
    assert "TEST None of these are real parcels." in page_of(client, job)
    cover, *labels = pages(fetch(client, job))
    assert references_in(labels) == ["TEST-1"]
    assert "TEST: None of these are real parcels." in " ".join(cover.split())


def test_a_storage_that_fails_costs_that_label_and_no_other(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = labelled("BAD-1"), labelled("GOOD-1")
    opened = label_storage().open

    def fail(name: str, mode: str = "rb") -> Any:
        if name == str(bad.label.name):
            raise OSError("disk on fire at /secret")
        return opened(name, mode)

    monkeypatch.setattr(label_storage(), "open", fail)
    cover, label = pages(fetch(client, take_these(client, bad, good)))
    assert "BAD-1 The storage that keeps the labels could not be read." in " ".join(cover.split())
    assert "GOOD-1" in label
    assert printed(bad, good) == [("", 0), ("clerk", 1)]


def test_the_page_says_what_is_still_to_come_and_looks_again_until_it_is_there(client: Client) -> None:
    ready, coming = labelled("A-1"), make_shipment(make_delivery(reference="B-2"), state="made")
    job = take_these(client, ready, coming)
    response = client.get(desk("print_job", job.pk))
    assert response["Refresh"] == "15"
    page = BeautifulSoup(response.content, "html.parser")
    [bar] = page.select("progress")
    assert (bar["value"], bar["max"]) == ("1", "2")
    labelled("B-2", delivery=make_delivery(), content=None)
    name = label_storage().save("b.pdf", ContentFile(specimen("B-2")))
    known = {"state": "labelled", "label": name, "label_media_type": "application/pdf", "labelled_at": timezone.now()}
    Shipment.objects.filter(pk=coming.pk).update(**known)
    # In another browser: the session in which it was begun may have ended.
    response = (other := colleague()).get(desk("print_job", job.pk))
    assert "Refresh" not in response.headers
    assert references(fetch(other, job)) == ["A-1", "B-2"]


def test_zpl_labels_are_one_stream_to_save(client: Client) -> None:
    zpl: dict[str, Any] = {"label_media_type": "application/zpl"}
    rows = [labelled(f"A-{number}", content=f"^XA^FD{number}^FS^XZ\n".encode(), **zpl) for number in (1, 2)]
    pdf = labelled("P-1")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    response = fetch(client, take_these(client, *rows, pdf), form=PrintForm.ZPL)
    assert response.read == b"^XA^FD1^FS^XZ\n^XA^FD2^FS^XZ\n"
    assert response["Content-Disposition"].startswith('attachment; filename="etiquettes-')
    assert ".zpl" in response["Content-Disposition"]
    assert printed(*rows, pdf) == [("clerk", 1), ("clerk", 1), ("", 0)]


def test_whoever_chose_paper_for_which_there_is_no_label_is_told_to_choose_another(client: Client) -> None:
    labelled("A-1")
    job = take(client)
    answer = fetch(client, job, form="zpl")
    told = "A-1: Its label does not go with the chosen paper, since only one of them is ZPL. Print it on other paper."
    assert said(client.get(answer["Location"])) == [told]
    assert "1 label is ready to print" in page_of(client, job)


def test_whoever_prints_what_the_shop_packs_otherwise_by_now_is_told_which_button_to_press(
    client: Client, shop_says: Any
) -> None:
    labelled("A-1", group="")
    shop_says("parcels", [PARCEL, PARCEL])
    job = take(client)
    [told] = said(client.get(fetch(client, job)["Location"]))
    assert told.startswith("A-1: The shop names other parcels")
    assert told.endswith("Press “Ask the shop for the parcels again”.")


def test_a_form_that_nobody_could_send_prints_as_by_default(client: Client) -> None:
    for number, (paper, start) in enumerate([("x" * 500, "9" * 500), ("", "-1"), ("", "")]):
        labelled(f"A-{number}")
        assert len(pages(fetch(client, take(client), form=paper, start=start))) == 2


def test_the_shop_says_in_which_order_parcels_are_packed(client: Client, shop_says: Any) -> None:
    rows = [labelled(f"A-{number}") for number in range(3)]
    shelves = dict(zip((row.delivery.order_id for row in rows), ("shelf 10", "shelf 2", "aisle"), strict=True))
    shop_says("packing_order", lambda order: shelves[order.pk])
    assert references(fetch(client, take(client))) == ["A-2", "A-1", "A-0"]


def test_more_than_a_file_holds_is_refused_with_what_to_do(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_jobs, "MOST", 1)
    rows = [labelled("A-1"), labelled("A-2")]
    [told] = said(select(client, "print_labels", *(row.delivery for row in rows)))
    assert told.startswith("These are 2 labels. A file holds at most")
    assert not PrintJob.objects.exists()


def test_a_queue_that_is_longer_than_a_file_is_taken_in_parts_and_the_clerk_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_jobs, "MOST", 3)
    monkeypatch.setattr(print_pages, "MOST", 3)
    rows = [labelled(f"A-{number}", placed_at=timezone.now() + timedelta(hours=number)) for number in range(4)]
    assert "Take 3 labels to print" in client.get(desk("print")).content.decode()
    answer = client.post(desk("print"))
    told = "A print job holds at most 3 labels. 1 more waits in the queue: take it when these are printed."
    assert said(answer) == [told]
    first = PrintJob.objects.get()
    assert references(fetch(client, first)) == ["A-0", "A-1", "A-2"]
    assert printed(*rows) == [("clerk", 1)] * 3 + [("", 0)]
    answer = client.post(desk("print"))
    assert said(answer) == []
    second = PrintJob.objects.exclude(pk=first.pk).get()
    assert references(fetch(client, second)) == ["A-3"]
    assert printed(*rows) == [("clerk", 1)] * 4


def test_a_file_that_takes_long_ends_early_and_the_rest_is_in_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Web servers commonly end a request after 30 seconds, and the clerk would have nothing."""
    for number in range(5):
        labelled(f"A-{number}", placed_at=timezone.now() - timedelta(hours=9 - number))
    job = take(client)
    ticks = iter(range(0, 1_000, 8))
    with monkeypatch.context() as patch:
        patch.setattr(handoff_printing, "monotonic", lambda: next(ticks))
        cover, *labels = pages(fetch(client, job, form="four"))
    told = "2 more labels are ready, from number 4 on."
    assert told in cover.replace("\n", " ")
    assert [name for name in references_in(labels) if name] == ["A-0", "A-1", "A-2"]
    assert told in client.get(desk("print_job", job.pk)).content.decode()
    page = page_of(client, job)
    assert "2 labels are ready to print 3 labels are printed already" in page
    assert references(fetch(client, job)) == ["A-3", "A-4"]
    assert "Not in this file" not in cover


def test_a_clerk_does_without_a_cover_sheet_that_would_tell_nothing(client: Client) -> None:
    rows = [labelled(f"A-{number}", placed_at=timezone.now() - timedelta(hours=9 - number)) for number in range(5)]
    job = take(client)
    # Three labels stand beside each other on a sheet, and none of their numbers is wrapped.
    sheet = pages(fetch(client, job, form="four"))[0]
    assert {f"7023 2100 0000 000{number}" for number in range(5)} <= set(sheet.split("\n"))
    Shipment.objects.update(printed_at=None, prints=0)
    first, second = pages(fetch(client, job, form="four", no_cover="1"))
    assert [*references_in([first]), *references_in([second])] == [f"A-{number}" for number in range(5)]
    Shipment.objects.exclude(pk=rows[0].pk).update(printed_at=None, prints=0)
    # What is left out is told in any case.
    assert "Not in this file" in pages(fetch(client, job, form="four", no_cover="1"))[0]


def test_a_file_that_takes_long_has_one_label_at_least(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled("A-1"), labelled("A-2")
    job = take(client)
    monkeypatch.setattr(handoff_printing, "LONGEST_SECONDS", -1)
    assert [references(fetch(client, job)) for _ in range(2)] == [["A-1"], ["A-2"]]


@pytest.mark.slow
def test_a_file_of_many_labels_takes_no_more_memory_than_one_of_few(
    client: Client, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Each label is written out before the next is read, and rows are read some at a time."""
    monkeypatch.setattr(in_parts, "AT_A_TIME", 5)
    # As often as Python looks for garbage outside of our tests.
    seldom = gc.get_threshold()
    request.addfinalizer(lambda: gc.set_threshold(*seldom))
    gc.set_threshold(2_000, 10, 10)
    peaks = []
    large = b"%" + b"x" * 100_000 + b"\nstartxref"
    for count in (10, 60):
        for number in range(count):
            pdf = specimen(f"{count}-{number}").replace(b"startxref", large)
            labelled(f"{count}-{number}", content=pdf)
        job = take(client)
        tracemalloc.start()
        response: Any = client.post(desk("print_file", job.pk), {"form": "four", "start": "1"})
        assert sum(map(len, response.streaming_content)) > 10_000
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Sixty times 100,000 bytes, had they been kept.
    assert peaks[1] - peaks[0] < 2_500_000


def test_nothing_is_printed_by_following_a_link(client: Client) -> None:
    shipment = labelled("A-1")
    job = take(client)
    # After a login the clerk is led there: to where the button is.
    assert client.get(desk("print_file", job.pk))["Location"] == desk("print_job", job.pk)
    assert printed(shipment) == [("", 0)]


def test_in_french(client: Client) -> None:
    rows = [labelled("A-1"), make_shipment(make_delivery(reference="B-2"), state="made")]
    job = take_these(client, *rows)
    page = page_of(client, job, HTTP_ACCEPT_LANGUAGE="fr")
    assert "1 étiquette est prête à imprimer" in page
    assert "Étiquettes prêtes : 1 sur 2" in page
    client.cookies.load({"django_language": "fr"})
    assert "Feuille de garde" in pages(fetch(client, job, form="four"))[0]
    fetch(client, take_these(client, labelled("C-3"), labelled("D-4")))
    page = page_of(client, PrintJob.objects.latest("created_at"), HTTP_ACCEPT_LANGUAGE="fr")
    assert "2 étiquettes sont déjà imprimées" in page
    assert "par clerk)" in page
    assert "imprimée par" not in page


def test_the_job_page_asks_no_more_of_the_database_for_many_labels(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        labelled(f"A-{number}")
    job = take(client)
    with django_assert_max_num_queries(10):
        client.get(desk("print_job", job.pk))
