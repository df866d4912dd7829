"""The desk's directory of post offices."""

import pytest
from django.test import Client

from deliver_to_po.models import Office
from tests.admin.browsing import desk, page_of
from tests.factories import make_office

pytestmark = pytest.mark.django_db

LIST = "office_changelist"


def corner_store(**fields: object) -> Office:
    values = {
        "received_id": "0000102978",
        "name_en": "Corner Store",
        "name_fr": "Comptoir du Coin",
        "location_fr": "Plage Cristal",
        "street": "3080, av. Carling",
        "city": "Ottawa",
        "province": "ON",
        "postal_code": "K2B7K0",
        "hours": {"1": [["09:30", "17:00"]]},
    }
    return make_office(**{**values, **fields})


def names(client: Client, **query: str) -> list[str]:
    return [link.get_text() for link in page_of(client, desk(LIST), **query).select("th.field-name_shown a")]


def test_offices_are_found_by_id_name_city_and_postal_code(admin_client: Client) -> None:
    corner_store()
    corner_store(received_id="2", name_en="Far Away", name_fr="Au loin", location_fr="", city="Whitehorse",
                street="1 Main St", province="YT", postal_code="Y1A1A1")  # fmt: skip
    for word in ("0000102978", "corner", "coin", "plage", "carling", "ottawa", "K2B7K0"):
        assert names(admin_client, q=word) == ["Corner Store"], word
    assert names(admin_client, province="YT") == ["Far Away"]


def test_an_office_shows_its_hours_and_when_it_was_offered_and_cannot_be_changed(admin_client: Client) -> None:
    office = corner_store()
    url = desk("office_change", office.pk)
    page = page_of(admin_client, url)
    text = page.get_text(" ", strip=True)
    for part in ("Corner Store", "Plage Cristal", "0000102978", "K2B 7K0", "Monday", "9:30\N{NO-BREAK SPACE}a.m."):
        assert part in text
    assert page.select("#office_form input:not([type=hidden])") == []
    assert admin_client.post(url, {"city": "Elsewhere"}).status_code == 403
    assert admin_client.get(desk("office_add")).status_code == 403


def test_the_name_is_in_the_clerks_language(admin_client: Client) -> None:
    corner_store()
    assert "Comptoir du Coin" in page_of(admin_client, desk(LIST), "fr-CA").get_text()


@pytest.mark.parametrize(
    ("environment", "language", "shown"),
    [
        ("test http://127.0.0.1:9", "en", "test, emulator"),
        ("test http://127.0.0.1:9", "fr", "essai, émulateur"),
        ("test https://ct.soa-gw.canadapost.ca", "fr", "essai"),
        ("live https://soa-gw.canadapost.ca", "en", "real"),
    ],
)
def test_a_clerk_reads_who_told_of_an_office_in_words(
    admin_client: Client, environment: str, language: str, shown: str
) -> None:
    corner_store(received_id="2")
    office = corner_store(environment=environment, received_id="3")
    page = page_of(admin_client, desk("office_change", office.pk), language)
    (field,) = page.select(".fieldBox.field-environment_shown .readonly")
    assert field.get_text(strip=True) == shown
    title = {"en": "Corner Store (3)", "fr": "Comptoir du Coin (3)"}[language]
    assert title in page.get_text()
