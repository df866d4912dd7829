"""The card of a parcel that is shipped by hand: everything that a clerk types, and the number that comes of it."""

import pytest
from django.test import Client

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.core.wording import service_name
from tests.admin.browsing import desk
from tests.admin.by_hand.clerking import shown
from tests.factories import make_shipment
from tests.handoff.parcels_by_hand import handed_to, number, reference, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_thing_on_the_card_can_be_copied_and_is_escaped(client: Client, language: str) -> None:
    options = [{"code": "SO", "amount": None}, {"code": "COV", "amount": "500.00"}]
    shipment = handed_to("desk", options=options, recipient_name="<b>Ève</b> Côté")
    text = shown(client, desk("card", shipment.pk), language)
    for word in (
        "&lt;b&gt;Ève&lt;/b&gt; Côté",
        "TEST" if language == "en" else "ESSAI",
        "SO – Signature",
        "COV ($500.00) – Coverage" if language == "en" else "COV (500,00\xa0$) – Couverture",
    ):
        assert word in text
    assert text.count("data-d2po-copy=") == 19
    assert "<script>" not in text
    assert "<b>Ève" not in text


def test_each_field_of_the_card_is_called_what_it_is(client: Client) -> None:
    shipment = handed_to("desk")
    groups = client.get(desk("card", shipment.pk)).context["groups"]
    office, person, parcel = (dict(rows) for _title, rows in groups)
    assert office == {
        "Post office ID": "0000102978",
        "Post office": "Comptoir du Coin, Plage Cristal",
        "Post office’s address": "3080, av. Carling",
        "City": "Ottawa ON K2B 7K0",
    }
    assert person == {
        "Name": "Marie-Ève Côté",
        "Address": "23, rue du Jardin",
        "Address, second line": "App. 4",
        "City": "Ottawa",
        "Province": "ON",
        "Postal code": "K1K 4T3",
        "Phone": "6135550199",
        "E-mail": "marie@example.com",
    }
    sizes = {"Weight (kg)": "1.25", "Length (cm)": "30", "Width (cm)": "20", "Height (cm)": "10"}
    service = str(service_name(shipment.service))
    assert parcel == {"Reference to type": reference(shipment), "Service": service, **sizes}
    # What Canada Post's own service makes has no card.
    assert client.get(desk("card", make_shipment(state="handed", system="gone").pk)).status_code == 404


def test_a_card_keeps_a_number_and_says_what_is_wrong_with_another(client: Client) -> None:
    shipment = handed_to("desk")
    wrong = client.post(desk("card", shipment.pk), {"number": "7023210000000011"})
    assert "check digit" in wrong.content.decode()
    assert 'value="7023210000000011"' in wrong.content.decode()
    assert (
        "1 tracking number saved."
        in client.post(desk("card", shipment.pk), {"number": number()}, follow=True).content.decode()
    )
    assert state_of(shipment) == (ShipmentState.DONE, number())
    assert client.get(desk("card", shipment.pk)).status_code == 404


def test_the_second_clerk_on_a_card_is_told_what_the_first_has_done(client: Client) -> None:
    shipment = handed_to("desk")
    client.post(desk("card", shipment.pk), {"number": number()})
    told = client.post(desk("card", shipment.pk), {"number": number(2)}, follow=True).content.decode()
    assert "The parcel has another tracking number already." in told
    assert reference(shipment) in told
    assert state_of(shipment) == (ShipmentState.DONE, number())


def test_a_clerk_says_that_nothing_was_made_of_what_they_ship_themselves(client: Client) -> None:
    shipment = handed_to("desk")
    delivery = desk("delivery_change", shipment.delivery_id)
    page = shown(client, delivery)
    assert desk("card", shipment.pk) in page
    asked = desk("nothing_made", shipment.pk)
    assert asked in page
    client.post(asked, {"note": "EST refused the line", "change_confirmed": "1"})
    assert state_of(shipment)[0] == ShipmentState.REFUSED
    assert desk("card", shipment.pk) not in shown(client, delivery)
