"""A clerk says how each parcel was packed: only what was typed is changed, and what breaks a rule is refused."""

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from deliver_to_po.admin.changes.change_parcels import ParcelForm
from deliver_to_po.errors import NothingToShip
from tests.admin.browsing import page_of, said, typed, url
from tests.bystanders import Bystanders
from tests.factories import PARCEL, make_delivery

pytestmark = pytest.mark.django_db
KNOWN = {"weight_kg": "1.25", "length_cm": "30", "width_cm": "20", "height_cm": "10", "service": "DOM.EP"}


@pytest.fixture(autouse=True)
def _one_parcel(shop_says: Any) -> None:
    shop_says("parcels", [PARCEL])


def test_of_a_parcel_only_what_was_typed_is_changed(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery()
    path = url("change_parcels", delivery)
    form = typed(admin_client, path, **{"parcel1-weight_kg": "7,5"})
    admin_client.post(path, form)
    delivery.refresh_from_db()
    assert delivery.packed == {"1": {"weight_kg": "7.5", "length_cm": "30", "width_cm": "20", "height_cm": "10"}}
    assert said(admin_client.post(path, typed(admin_client, path))) == ["Nothing to change: it is already so."]


def test_the_form_is_filled_with_how_the_parcel_is_to_be_sent(admin_client: Client) -> None:
    options = [{"code": code, "amount": amount} for code, amount in (("SO", None), ("COV", "50.00"), ("PA18", None))]
    packed = {"weight_kg": "2.500", "service": "DOM.XP", "options": options}
    path = url("change_parcels", make_delivery(packed={"1": packed}))
    page = page_of(admin_client, path)
    assert page.select_one("[name=parcel1-signature][checked]")
    filled = {name.removeprefix("parcel1-"): text for name, text in typed(admin_client, path).items()}
    chosen = {"service": "DOM.XP", "coverage": "50.00", "proof_of_age": "PA18"}
    sizes = {"weight_kg": "2.5", "length_cm": "30", "width_cm": "20", "height_cm": "10"}
    assert filled | chosen | sizes == filled


def test_where_the_shop_names_no_parcels_that_is_said(admin_client: Client, shop_says: Any) -> None:
    shop_says("parcels", [])
    response = admin_client.get(url("change_parcels", make_delivery()))
    assert (response.status_code, said(response)) == (302, [str(NothingToShip())])


def test_an_absurd_parcel_is_refused_beside_its_field_and_stays_there(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("change_parcels", delivery)
    response = admin_client.post(path, typed(admin_client, path, **{"parcel1-weight_kg": "3000"}))
    page = BeautifulSoup(response.content, "html.parser")
    told = page.select("#id_parcel1-weight_kg_error")[0].get_text(strip=True)
    assert told == "Parcel’s weight: this must be more than 0 and at most 30 kg."
    assert page.select("#id_parcel1-weight_kg")[0]["value"] == "3000"
    delivery.refresh_from_db()
    assert delivery.packed == {}


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("weight_kg", "0", "Parcel’s weight: this must be more than 0 and at most 30 kg."),
        ("weight_kg", "NaN", "Enter a number."),
        ("length_cm", "9" * 5000, "Enter a number."),
        ("coverage", "200", "Options: coverage of more than $100 needs a signature."),
    ],
)
def test_what_breaks_a_rule_is_told_in_its_field(field: str, text: str, words: str) -> None:
    form = ParcelForm({**KNOWN, field: text})
    assert form.errors == {field: [words]}
    assert len(str(form[field].value())) <= 41


@pytest.mark.parametrize(
    ("fields", "said_of_it"),
    [
        ({"weight_kg": "1250 g", "length_cm": "30.0"}, {}),
        ({"service": "DOM.XP"}, {"service"}),
        ({"signature": "on", "coverage": "1,000"}, {"options"}),
        ({"height_cm": "12,5"}, {"parcel"}),
    ],
)
def test_only_what_differs_is_said(fields: dict[str, str], said_of_it: set[str]) -> None:
    initial: dict[str, Any] = {**KNOWN, "signature": False, "coverage": None, "proof_of_age": ""}
    initial |= {name: Decimal(initial[name]) for name in ("weight_kg", "length_cm", "width_cm", "height_cm")}
    form = ParcelForm({**KNOWN, **fields}, initial=initial)
    assert form.is_valid(), form.errors
    assert set(form.said()) == set(said_of_it)
