"""What a clerk types finds the delivery, by an index and in few queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deliver_to_po.admin.deliveries import search
from deliver_to_po.admin.deliveries.search import found
from deliver_to_po.core.choices import Change
from deliver_to_po.models import Delivery, SearchKey, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.placing import add_unchosen, place_draft
from deliver_to_po.models.search_key import keep_keys
from deliver_to_po.privacy import erasing
from tests.admin.browsing import references
from tests.admin.conftest import PIN, labelled
from tests.bystanders import Bystanders
from tests.factories import RECIPIENT, make_delivery, make_draft, make_paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def findable(**fields: Any) -> Delivery:
    delivery = make_delivery(**fields)
    keep_keys(delivery)
    return delivery


def finds(typed: str) -> set[Delivery]:
    return set(found(Delivery.objects.all(), typed))


WORDS = (
    "ORDER-1001", "order-10", "Côté", "cote", "MARIE cote", "marie@example.com", "Marie@", "613 555-0199",
    "+1 (613) 555-0199", "K1K 4T3", "k1k4t3", "0000102978", "comptoir", "ottaw", PIN, "7023-2100-3941-4604",
    "7023 2100 3941 4604",
)  # fmt: skip


def test_everything_that_staff_have_in_hand_finds_the_delivery() -> None:
    findable(
        reference="OTHER", recipient_name="Bob", recipient_email="b@example.com", recipient_phone="604-555-0101",
        recipient_postal_code="V5K0A1", recipient_city="Vancouver", office_id="1", office_name="Z", office_city="Y",
        office_postal_code="V5K0A2",
    )  # fmt: skip
    delivery = findable(reference="ORDER-1001")
    request_id = labelled(delivery).request_id
    assert [word for word in (*WORDS, request_id) if finds(word) != {delivery}] == []
    assert [word for word in ("nobody", "9", "ôté", "cote bob", "???") if finds(word)] == []


def test_the_order_is_found_by_the_fields_that_the_adapter_names(admin_client: Client) -> None:
    order = make_paid_order()
    findable()
    findable(order=order, reference="R")
    assert references(admin_client, q=str(getattr(order, "number", order))) == ["R"]


def test_neither_accents_nor_case_nor_an_apostrophe_matter() -> None:
    findable(recipient_name="Jean Lacroix")
    delivery = findable(recipient_name="Jean L’Écuyer")
    for typed in ("ecuyer", "Écuyer", "lecuyer", "L'Écuyer", "L’ÉCUYER", "l ecuyer", "jean l’éc"):
        assert finds(typed) == {delivery}, typed


def test_a_phone_is_found_without_its_extension_and_with_it() -> None:
    findable()
    delivery = findable(recipient_phone="613-555-0142 x12")
    for typed in ("613 555-0142", "+1 (613) 555-0142", "6135550142", "613-555-0142 x12"):
        assert finds(typed) == {delivery}, typed


def test_nothing_that_is_typed_is_taken_for_a_pattern() -> None:
    findable()
    assert [typed for typed in ("%", "_", "\\", "'", "a" * 200, "é" * 200, "\x01", "1" * 200) if finds(typed)] == []


def test_a_delivery_is_found_from_its_placing_on_and_by_what_it_says_now() -> None:
    bystanders = Bystanders()
    draft = make_draft(recipient_name="Ann Wu")
    assert finds("wu") == set()
    place_draft(draft, Change.PLACE, make_paid_order(), reference="A-1")
    assert finds("wu") == {draft}
    assert move_delivery(draft, Change.CORRECT_RECIPIENT, recipient_name="Anne Roy")
    assert (finds("wu"), finds("roy")) == (set(), {draft})
    bystanders.assert_unchanged()


def test_an_order_without_a_choice_is_found_by_its_reference() -> None:
    delivery = add_unchosen(make_paid_order(), reference="A-2")
    assert finds("a-2") == {delivery}


def test_nothing_of_an_erased_recipient_is_found_any_more() -> None:
    other = findable(recipient_name="Ann Wu")
    delivery = findable(recipient_name="Ann Roy", recipient_city="Gatineau", reference="A-3")
    erasing.erase(delivery.order, email=RECIPIENT.email)
    kept = set(SearchKey.objects.filter(delivery=delivery).values_list("key", flat=True))
    assert "a-3" in kept
    assert not kept & {"ann", "roy", "gatineau", "marie@example.com", "6135550199", "k1k4t3"}
    assert (finds("roy"), finds("ann")) == (set(), {other})


def test_a_search_asks_the_database_ten_times_at_most(admin_client: Client) -> None:
    parcel = labelled(findable(reference="B-1"))
    references(admin_client)
    # With a digit it may be an order's number too, and so may a phone with its country's code be a parcel's.
    for typed in (PIN, parcel.request_id, "Marie Côté", "+1 (613) 555-0199", "Marie2 Côté"):
        with CaptureQueriesContext(connection) as asked:
            references(admin_client, q=typed)
        assert len(asked) <= 10, typed


def ordered_as(number: str, **fields: Any) -> Delivery:
    order = make_paid_order()
    order.number = number
    order.save()
    return findable(order=order, **fields)


@pytest.mark.parametrize("listed", [1_000, 0])
def test_a_number_finds_its_parcel_before_orders_and_an_order_before_words(
    listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LISTED", listed)
    parcel = labelled(findable(reference="A"))
    ordered_as(PIN, reference=f"{PIN}-2")
    assert finds(PIN) == {parcel.delivery}
    other = ordered_as("Roy 1", reference="B")
    findable(recipient_name="Ann Roy", reference="1-C")
    assert finds("roy 1") == {other}


def test_a_name_finds_an_order_that_is_called_so_and_people() -> None:
    both = {ordered_as("ROY", reference="A"), findable(recipient_name="Ann Roy", reference="B")}
    findable(reference="C")
    assert finds("roy") == both


def test_a_tracking_number_with_letters_is_found_in_small_ones() -> None:
    findable(reference="A")
    parcel = labelled(findable(reference="B"))
    Shipment.objects.filter(pk=parcel.pk).update(tracking_pin="LM123456785CA")
    assert finds("lm 123 456 785 ca") == {parcel.delivery}


def test_of_several_words_all_must_be_there_however_many_have_each(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = findable(recipient_name="Ann Roy", recipient_city="Gatineau")
    twin = findable(recipient_name="Ann Roy", recipient_city="Gatineau")
    findable(recipient_name="Ann Lee", recipient_city="Gatineau")
    findable(recipient_name="Eve Roy", recipient_city="Laval")
    # Found among the keys, or, where more have them than a list pages through, among the deliveries.
    for listed in (1_000, 0):
        monkeypatch.setattr(search, "LISTED", listed)
        assert finds("roy gatineau ann") == {wanted, twin}
        assert finds("lee laval") == set()
        assert set(found(Delivery.objects.exclude(pk=wanted.pk), "ann roy")) == {twin}
