"""Links to choose again: whose they are, how long they work, and that nobody can make one."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test.utils import override_script_prefix
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.errors import LinkExpired, LinkUnknown, LinkUsed
from deliver_to_po.models import Delivery, links
from tests.factories import RECIPIENT, make_delivery, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Delivery:
    """Return a delivery whose post office has closed."""
    return make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_NO_LONGER)


def test_each_link_leads_to_its_own_delivery(closed: Delivery) -> None:
    other = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    assert links.delivery_for(links.token_for(closed)) == closed
    assert links.delivery_for(links.token_for(other)) == other


def test_a_link_is_used_up_by_choosing_and_by_nothing_else(closed: Delivery) -> None:
    token = links.token_for(closed)
    assert [links.delivery_for(token) for _ in range(3)] == [closed] * 3
    Delivery.objects.filter(pk=closed.pk).update(choice=1)
    with pytest.raises(LinkUsed):
        links.delivery_for(token)
    closed.refresh_from_db()
    assert links.delivery_for(links.token_for(closed)) == closed


def test_a_link_is_used_up_where_another_delivery_of_the_order_took_its_place(closed: Delivery) -> None:
    token, order = links.token_for(closed), closed.order
    Delivery.objects.filter(pk=closed.pk).update(state=DeliveryState.CANCELLED, current_order=None)
    make_delivery(order=order)
    with pytest.raises(LinkUsed, match="Comptoir du Coin"):
        links.delivery_for(token)


def test_a_link_works_for_as_long_as_the_setting_says(closed: Delivery, change_settings: Any) -> None:
    change_settings(CHOOSE_AGAIN_LINK_LIFETIME=timedelta(days=3))
    token, now = links.token_for(closed), timezone.now()
    with time_machine.travel(now + timedelta(days=2, hours=23), tick=False):
        assert links.delivery_for(token) == closed
    with time_machine.travel(now + timedelta(days=3, seconds=2), tick=False), pytest.raises(LinkExpired):
        links.delivery_for(token)


def test_a_link_works_on_while_the_key_changes(closed: Delivery, settings: Any) -> None:
    token = links.token_for(closed)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert links.delivery_for(token) == closed


def forged(delivery: Delivery) -> list[str]:
    """Return what somebody may try who wants another's link."""
    real, text = links.token_for(delivery), f"{delivery.pk.hex}-{delivery.choice}"
    return [
        "",
        "x",
        text,
        real[:-1],
        f"{real}x",
        real.replace(text, f"{uuid.uuid4().hex}-0"),
        real.replace(text, f"{delivery.pk.hex}-1"),
        signing.TimestampSigner(salt="another salt").sign(text),
        signing.TimestampSigner(key="another key", salt=links.SALT).sign(text),
        "a" * 100_000,
    ]


def test_nobody_can_make_a_link(closed: Delivery) -> None:
    for token in forged(closed):
        with pytest.raises(LinkUnknown):
            pytest.fail(f"{token[:80]} leads to {links.delivery_for(token)}")


def test_there_is_no_link_to_a_draft_or_to_what_is_gone(closed: Delivery) -> None:
    gone = links.token_for(Delivery(pk=uuid.uuid4()))
    for token in (links.token_for(make_draft()), gone):
        with pytest.raises(LinkUnknown):
            links.delivery_for(token)


def test_a_link_says_nothing_of_a_person_and_is_in_the_deliverys_language(change_settings: Any) -> None:
    change_settings(SITE_URL="https://boutique.example.ca/")
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, language="fr")
    with time_machine.travel(timezone.now(), tick=False):
        url = links.url_for(delivery)
        assert url == f"https://boutique.example.ca{links.path_for(delivery)}"
    assert "/again/fr/" in url
    personal = (RECIPIENT.name, RECIPIENT.email, RECIPIENT.phone, delivery.recipient_postal_code, delivery.reference)
    assert not [text for text in personal if text.casefold() in url.casefold()]


@pytest.mark.parametrize(
    ("site", "begins"),
    [
        ("https://example.com", "https://example.com/shop/post-office/"),
        ("https://example.com/shop/", "https://example.com/shop/post-office/"),
        ("https://shop", "https://shop/shop/post-office/"),
    ],
)
def test_the_folder_that_a_shop_lives_in_stands_once_in_an_address(
    site: str, begins: str, closed: Delivery, change_settings: Any
) -> None:
    """Where only a web server's processes know the folder, SITE_URL must name it for all others."""
    change_settings(SITE_URL=site)
    with override_script_prefix("/shop/"):
        assert links.url_for(closed).startswith(begins)


def test_without_the_shops_address_there_is_no_link_for_an_e_mail(closed: Delivery, change_settings: Any) -> None:
    change_settings(SITE_URL="")
    assert links.url_for(closed) == ""


@pytest.mark.urls("django.conf.urls.i18n")
def test_without_the_steps_pages_there_is_no_link_for_an_e_mail(closed: Delivery) -> None:
    assert links.url_for(closed) == ""
