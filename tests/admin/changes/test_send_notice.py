""" "Send the e-mail again": which one, and when there is none."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from deliver_to_po.admin.changes.send_notice import SEND_NOTICE
from deliver_to_po.core.choices import Scan
from tests.admin.browsing import page_of, send, url
from tests.notices.needing import sweep
from tests.notices.parcels import OTHER, in_the_post, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on", "bystanders")]


@pytest.mark.parametrize(
    ("language", "what", "told"),
    [
        ("en", "The e-mail that tells that another post office has the parcel.", "The e-mail is sent in a moment."),
        (
            "fr",
            "Le courriel qui prévient que le colis est à un autre bureau de poste.",
            "Le courriel sera envoyé dans un instant.",
        ),
    ],
)
def test_a_clerk_sends_the_newest_that_is_still_so(admin_client: Client, language: str, what: str, told: str) -> None:
    shipment = in_the_post()
    delivery = shipment.delivery
    assert not SEND_NOTICE.applies(delivery)
    seen(shipment, Scan.READY, at=OTHER)
    sweep()
    assert what in page_of(admin_client, url("send_notice", delivery), language).get_text()
    assert send(admin_client, "send_notice", delivery, language) == [told]
    sweep()
    assert [message.to for message in mail.outbox] == [["marie@example.com"]] * 2
    story = page_of(admin_client, url("delivery_change", delivery), language).get_text()
    assert what.split(" ", 3)[3].rstrip(".") in story
    seen(shipment, Scan.DELIVERED, time="12:00:00")
    assert not SEND_NOTICE.applies(delivery)
    # What was to follow is not promised any longer.
    assert "goes back soon" not in page_of(admin_client, url("delivery_change", delivery)).get_text()


def test_a_shop_that_writes_itself_has_no_such_button(change_settings: Any) -> None:
    change_settings(NOTICES=False)
    shipment = in_the_post()
    seen(shipment, Scan.READY, at=OTHER)
    sweep()
    assert not SEND_NOTICE.applies(shipment.delivery)
