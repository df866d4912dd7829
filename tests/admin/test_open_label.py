"""A stored label opens for those who may, and for nobody else."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import desk, url, words_of
from tests.admin.conftest import PIN, Clerk
from tests.bystanders import Bystanders
from tests.factories import PARCEL, make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def _pdf() -> bytes:
    writer, written = PdfWriter(), BytesIO()
    page = writer.add_blank_page(width=288, height=432)
    page[NameObject("/Contents")] = writer._add_object(DecodedStreamObject())
    writer.write(written)
    return written.getvalue()


PDF = _pdf()


def stored_label(media_type: str = "application/pdf", **fields: Any) -> Shipment:
    shipment = make_shipment(
        make_delivery(reference="A/1 ±"), shipment_id="347881315405043891", tracking_pin=PIN, due_at=None, **fields
    )
    shipment.label.save("label.pdf", ContentFile(PDF), save=False)
    shipment.label_media_type = media_type
    shipment.state = ShipmentState.LABELLED
    shipment.labelled_at = timezone.now()
    shipment.save()
    return shipment


def test_a_label_opens_in_the_browser_and_is_kept_nowhere(clerk: Clerk) -> None:
    response = clerk("view_label").get(url("label", stored_label()))
    assert response.status_code == 200
    assert b"".join(response) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert response.headers["Content-Disposition"] == f'inline; filename="A1_-{PIN}.pdf"'


def test_a_label_that_is_no_known_kind_is_saved_and_never_shown(clerk: Clerk) -> None:
    response = clerk("view_label").get(url("label", stored_label("text/html")))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    response.close()


def test_there_is_no_page_where_there_is_no_label(clerk: Clerk) -> None:
    client = clerk("view_label")
    assert client.get(url("label", make_shipment())).status_code == 404
    assert client.get(desk("label", 999999)).status_code == 404


FETCHED = "It is being fetched again. Open it again in a moment."


def text_of(response: Any) -> str:
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store, private"
    return words_of(response)


def links_of(response: Any) -> dict[str, str]:
    page = BeautifulSoup(response.content, "html.parser")
    return {link.get_text(): str(link["href"]) for link in page.select("#content a")}


def missing(**fields: Any) -> Shipment:
    shipment = stored_label(**fields)
    shipment.label.storage.delete(str(shipment.label.name))
    return shipment


def broken() -> Shipment:
    shipment = missing()
    shipment.label.storage.save(str(shipment.label.name), ContentFile(PDF[: len(PDF) // 2] + b"\n%%EOF"))
    return shipment


@pytest.mark.parametrize("make", [missing, broken])
def test_a_label_whose_file_is_missing_or_broken_is_fetched_again_and_that_is_said(
    clerk: Clerk, make: Callable[[], Shipment], bystanders: Bystanders
) -> None:
    shipment, client = make(), clerk("view_label", "view_delivery")
    response = client.get(url("label", shipment))
    assert FETCHED in text_of(response)
    assert "created, label to be downloaded The label’s file was missing, or could not be read." in text_of(response)
    delivery_page = url("delivery_change", shipment.delivery)
    assert links_of(response) == {"Open the shipping label": "", "Back": delivery_page}
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.MADE, Reason.LABEL_MISSING)
    assert shipment.due_at is not None
    line = shipment.delivery.history.get()
    assert (line.change, line.reason, line.user) == (Change.FETCH_AGAIN, Reason.LABEL_MISSING, None)
    # Opened once more before it has come, it says the same, and nothing more is asked for or kept.
    assert FETCHED in text_of(client.get(url("label", shipment)))
    assert shipment.delivery.history.count() == 1


def test_why_a_label_is_not_fetched_again_is_said(clerk: Clerk) -> None:
    client, shipment = clerk("view_label"), missing()
    # Who may not look at deliveries is led back to the start.
    assert links_of(client.get(url("label", shipment)))["Back"] == reverse("admin:index")
    Shipment.objects.filter(pk=shipment.pk).update(state=ShipmentState.VOIDED, open_parcel=None)
    told = text_of(client.get(f"{url('label', shipment)}?anyway=1"))
    assert "It is not fetched again, because of the parcel’s state: label voided" in told
    shipment = stored_label()
    type(shipment.delivery).objects.filter(pk=shipment.delivery_id).update(erased_at=timezone.now())
    response = client.get(url("label", shipment))
    assert "The recipient is erased, or is about to be, and the label with them." in text_of(response)
    assert list(links_of(response)) == ["Back"]
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED
    assert not shipment.delivery.history.exists()


@pytest.mark.parametrize(
    ("of_shipment", "of_delivery"),
    [({"state": "voided", "open_parcel": None}, {}), ({}, {"stop_asked_at": timezone.now()})],
)
def test_a_label_that_is_taken_back_opens_only_by_the_link_that_warns(
    clerk: Clerk, of_shipment: dict[str, Any], of_delivery: dict[str, Any]
) -> None:
    shipment, client = stored_label(), clerk("view_label")
    Shipment.objects.filter(pk=shipment.pk).update(**of_shipment)
    type(shipment.delivery).objects.filter(pk=shipment.delivery_id).update(**of_delivery)
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    response = client.get(url("label", shipment))
    words = text_of(response)
    assert (
        "A parcel sent with it would be returned to you or paid for twice. If it has been printed, destroy it." in words
    )
    anyway = links_of(response)["Open it anyway, for the archive: never send it"]
    opened = client.get(url("label", shipment) + anyway)
    assert b"".join(opened) == PDF
    assert opened.headers["Content-Disposition"] == f'inline; filename="VOID-A1_-{PIN}.pdf"'
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before


@pytest.mark.parametrize("permissions", [("view_label",), ("view_label", "view_delivery", "hand_off_delivery")])
def test_a_storage_that_fails_is_said_with_the_way_to_fetch_the_label_again(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, permissions: tuple[str, ...]
) -> None:
    def fail(self: InMemoryStorage, name: str, mode: str = "rb") -> None:
        raise PermissionError(f"no access to {name}")

    shipment, client = stored_label(), clerk(*permissions)
    monkeypatch.setattr(InMemoryStorage, "_open", fail)
    response = client.get(url("label", shipment))
    assert response.status_code == 503
    assert "The storage that keeps the labels could not be read." in response.content.decode()
    links = links_of(response)
    assert links["Open the shipping label"] == ""
    asked = url("fetch_label_again", shipment.delivery)
    assert links.get("Fetch the label again") == (asked if len(permissions) > 1 else None)
    assert f"Label of shipment {shipment.pk} cannot be read: PermissionError" in caplog.text
    assert str(shipment.label.name) not in caplog.text
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED


# Printing, and who opened it.


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("more", ["", "?print=1"])
def test_no_address_that_is_only_opened_counts_as_printed(clerk: Clerk, method: str, more: str) -> None:
    shipment = stored_label()
    list(getattr(clerk("view_label", "print_labels"), method)(url("label", shipment) + more))
    shipment.refresh_from_db()
    assert (shipment.printed_at, shipment.prints) == (None, 0)


@pytest.mark.parametrize(
    ("permissions", "status", "prints"),
    [
        (("view_label", "print_labels"), 200, 1),
        # They print files of many.
        (("view_delivery", "print_labels"), 200, 1),
        (("view_label",), 403, 0),
        (("print_labels",), 403, 0),
    ],
)
def test_a_post_prints_for_those_who_may_look_and_print(
    clerk: Clerk, permissions: tuple[str, ...], status: int, prints: int
) -> None:
    shipment = stored_label()
    response = clerk(*permissions).post(url("label", shipment))
    list(response)
    shipment.refresh_from_db()
    assert (response.status_code, shipment.prints) == (status, prints)


def test_what_a_colleague_has_printed_meanwhile_is_not_printed_twice_unasked(clerk: Clerk) -> None:
    shipment, client = stored_label(), clerk("view_label", "print_labels")
    colleague = User.objects.create_user("colleague")
    assert mark_one_printed(shipment, colleague)
    page = BeautifulSoup(client.post(url("label", shipment)).content, "html.parser")
    assert "Since you opened the page its label was printed by colleague on" in page.get_text()
    assert ".m.." not in page.get_text()
    shipment.refresh_from_db()
    assert (shipment.printed_by, shipment.prints) == (colleague, 1)
    [link] = page.find_all("a", string="Open the shipping label")
    assert client.get(str(link["href"])).headers["Content-Type"] == "application/pdf"


def test_who_was_signed_out_when_they_pressed_print_is_led_to_the_button_again(clerk: Clerk) -> None:
    shipment, client = stored_label(), clerk("view_delivery", "view_label", "print_labels")
    page = client.get(url("delivery_change", shipment.delivery)).content.decode()
    [form] = BeautifulSoup(page, "html.parser").select(".d2po-presses form")
    address = str(form["action"])
    client.logout()
    assert address in unquote(client.post(address)["Location"])
    client.force_login(User.objects.get(username="clerk"))
    assert client.get(address)["Location"] == url("delivery_change", shipment.delivery)
    assert client.post(address).headers["Content-Type"] == "application/pdf"
    shipment.refresh_from_db()
    assert shipment.prints == 1


def test_who_may_not_open_a_label_has_no_link_that_opens_it(clerk: Clerk) -> None:
    shipment, client = stored_label(), clerk("view_delivery", "print_labels")
    for _press in range(2):
        answer = client.post(url("label", shipment))
        content = b"".join(answer)
    assert "its label was printed by clerk on" in content.decode()
    assert "Open the shipping label" not in content.decode()
    assert client.get(url("label", shipment)).status_code == 403


def test_what_is_on_hold_may_be_looked_at_and_is_not_printed(clerk: Clerk) -> None:
    shipment, client = stored_label(), clerk("view_label", "print_labels")
    assert hold_delivery(shipment.delivery)
    assert client.get(url("label", shipment)).headers["Content-Type"] == "application/pdf"
    page = client.post(url("label", shipment)).content.decode()
    assert "must not be printed now" in page
    assert "Its delivery is on hold" in page
    shipment.refresh_from_db()
    assert shipment.prints == 0


def test_a_label_that_the_shop_names_other_parcels_for_is_not_printed(clerk: Clerk, shop_says: Any) -> None:
    shipment = stored_label(group="")
    shop_says("parcels", [PARCEL, PARCEL])
    page = clerk("view_label", "print_labels").post(url("label", shipment)).content.decode()
    assert "Press “Ask the shop for the parcels again”." in page
    shipment.refresh_from_db()
    assert shipment.prints == 0


def meanwhile(shop_says: Any, rows: QuerySet[Any], **fields: Any) -> None:
    """Let somebody change rows while a label is opened, just before it is marked as printed."""

    def is_paid(_order: Any) -> bool:
        rows.update(**fields)
        return True

    shop_says("is_paid", is_paid)


@pytest.mark.parametrize(
    ("of", "fields", "why"),
    [
        (Shipment, {"change_asked_at": timezone.now()}, "must not be used"),
        (Shipment, {"state": ShipmentState.VOIDING}, "must not be used"),
        (Delivery, {"stop_asked_at": timezone.now()}, "must not be used"),
        (Shipment, {"state": ShipmentState.MADE}, FETCHED),
    ],
)
def test_what_is_taken_back_while_it_is_opened_to_print_is_not_handed_out(
    clerk: Clerk, shop_says: Any, of: Any, fields: dict[str, Any], why: str
) -> None:
    shipment = stored_label()
    meanwhile(shop_says, of.objects.all(), **fields)
    assert why in text_of(clerk("view_label", "print_labels").post(url("label", shipment)))
    shipment.refresh_from_db()
    assert shipment.prints == 0
