"""A label's picture on the desk: for those who may open the label, never in place of a warning."""

from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest
import zxingcpp
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from deliver_to_po.admin import label_picture
from deliver_to_po.labels.picture import NoPicture
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen
from deliver_to_po.models import Shipment
from tests.admin.browsing import url, words_of
from tests.admin.conftest import PIN, Clerk
from tests.admin.test_open_label import stored_label
from tests.bystanders import Bystanders
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db

LABEL = render_specimen(SpecimenWords(("Shop",), ("Office",), "Ann", "Expedited Parcel", PIN, reference="A-1"))


def label(content: bytes = LABEL, **fields: Any) -> Shipment:
    shipment = stored_label(**fields)
    shipment.label.save("label.pdf", ContentFile(content))
    return shipment


def pictures_on_the_page(client: Client, shipment: Shipment) -> list[str]:
    page = client.get(url("delivery_change", shipment.delivery))
    return [str(image["alt"]) for image in BeautifulSoup(page.content, "html.parser").select(".d2po-picture img")]


def test_the_bars_of_a_label_are_read_from_its_picture_which_is_kept_nowhere(clerk: Clerk) -> None:
    shipment = label()
    bystanders = Bystanders()
    response = clerk("view_label").get(url("label_picture", shipment))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Content-Disposition"] == f'inline; filename="A1_-{PIN}.png"'
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(response.content)))] == [PIN]
    bystanders.assert_unchanged()
    shipment.refresh_from_db()
    assert (shipment.printed_at, shipment.prints) == (None, 0)


def test_who_may_not_open_it_is_offered_no_picture(clerk: Clerk) -> None:
    assert pictures_on_the_page(clerk("view_delivery", "hand_off_delivery", "print_labels"), label()) == []


def test_the_picture_of_a_label_that_must_not_be_used_opens_only_through_the_warning(clerk: Clerk) -> None:
    shipment = label(change_asked_at=timezone.now())
    client = clerk("view_delivery", "view_label")
    assert pictures_on_the_page(client, shipment) == []
    assert "This shipping label must not be used" in words_of(client.get(url("label_picture", shipment)))
    anyway = client.get(url("label_picture", shipment), {"anyway": "1"})
    assert anyway.headers["Content-Type"] == "image/png"
    assert "VOID-" in anyway.headers["Content-Disposition"]


def test_where_there_is_no_picture_the_page_says_so_and_leads_to_the_label(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_picture, "picture_of", Mock(side_effect=NoPicture))
    shipment = label()
    response = clerk("view_label").get(url("label_picture", shipment))
    assert "No picture can be made" in words_of(response)
    assert f'href="{url("label", shipment)}"' in response.content.decode()


@pytest.mark.parametrize(
    ("content", "media_type", "can_be_drawn", "is_shown"),
    [
        (LABEL, "application/pdf", True, True),
        (LABEL, "application/pdf", False, False),
        (b"^XA^XZ", "application/zpl", True, False),
    ],
    ids=["pdf", "without the library", "commands for a printer"],
)
def test_what_can_be_drawn_is_folded_on_the_deliverys_page(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, content: bytes, media_type: str, can_be_drawn: bool, is_shown: bool
) -> None:
    monkeypatch.setattr(label_picture, "can_be_drawn", lambda: can_be_drawn)
    shipment, client = label(content, media_type=media_type), clerk("view_delivery", "view_label")
    make_shipment(shipment.delivery, parcel=2)
    shown = [f"Picture of the shipping label, tracking number {PIN}"] if is_shown else []
    assert pictures_on_the_page(client, shipment) == shown
    assert client.get(url("label_picture", shipment)).status_code == (200 if is_shown else 404)
