"""What a clerk types finds the delivery, by an index and in few queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deliver_to_po import privacy
from deliver_to_po.admin.finding import found
from deliver_to_po.choices import Change
from deliver_to_po.models import Delivery, SearchKey
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.placing import add_unchosen, place_draft
from deliver_to_po.models.search_key import keep_keys, words_of
from tests.admin.test_deliveries import PIN, labelled, references
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def findable(**fields: Any) -> Delivery:
    delivery = make_delivery(**fields)
    keep_keys(delivery)
    return delivery


def finds(typed: str) -> set[Delivery]:
    return set(found(Delivery.objects.all(), typed))


def test_everything_that_staff_have_in_hand_finds_the_delivery(admin_client: Client) -> None:
    findable(
        reference="OTHER", recipient_name="Bob", recipient_email="b@example.com", recipient_phone="604-555-0101",
        recipient_postal_code="V5K0A1", recipient_city="Vancouver", office_id="1", office_name="Z", office_city="Y",
        office_postal_code="V5K0A2",
    )  # fmt: skip
    delivery = findable(reference="ORDER-1001")
    request_id = labelled(delivery).request_id
    words = (
        "ORDER-1001", "order-10", "Côté", "cote", "MARIE cote", "marie@example.com", "Marie@", "613 555-0199",
        "+1 (613) 555-0199", "K1K 4T3", "k1k4t3", "0000102978", "comptoir", "ottaw", PIN, "7023-2100-3941-4604",
        "7023 2100 3941 4604", request_id,
    )  # fmt: skip
    for word in words:
        assert references(admin_client, q=word) == ["ORDER-1001"], word
    for word in ("nobody", "9", "ôté", "cote bob", "???"):
        assert references(admin_client, q=word) == [], word


def test_the_order_is_found_by_the_fields_that_the_adapter_names(admin_client: Client) -> None:
    order = make_paid_order()
    findable()
    findable(order=order, reference="R")
    assert references(admin_client, q=str(getattr(order, "number", order))) == ["R"]


@pytest.mark.parametrize("typed", ["ecuyer", "Écuyer", "lecuyer", "L'Écuyer", "L’ÉCUYER", "l ecuyer", "jean l’éc"])
def test_neither_accents_nor_case_nor_an_apostrophe_matter(typed: str) -> None:
    findable(recipient_name="Jean Lacroix")
    delivery = findable(recipient_name="Jean L’Écuyer")
    assert finds(typed) == {delivery}


def test_words_are_folded_whole() -> None:
    assert words_of("Cœur-de-Marie D’Œuvre") == ["coeur", "de", "marie", "doeuvre"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "a" * 200, "é" * 200, "\x01", "1" * 200])
def test_nothing_that_is_typed_is_taken_for_a_pattern(typed: str) -> None:
    findable()
    assert finds(typed) == set()


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
    privacy.erase(delivery.order)
    kept = set(SearchKey.objects.filter(delivery=delivery).values_list("key", flat=True))
    assert "a-3" in kept
    assert not kept & {"ann", "roy", "gatineau", "marie@example.com", "6135550199", "k1k4t3"}
    assert (finds("roy"), finds("ann")) == (set(), {other})


def test_a_search_asks_the_database_ten_times_at_most(admin_client: Client) -> None:
    delivery = findable(reference="B-1")
    labelled(delivery)
    for typed in (PIN, "B-1", "cote", "marie@example.com", "613-555-0199", "K1K 4T3", "Marie Côté", "nobody"):
        references(admin_client, q=typed)
        with CaptureQueriesContext(connection) as asked:
            references(admin_client, q=typed)
        assert len(asked) <= 10, typed
