"""By what a delivery is found."""

import pytest

from deliver_to_po.models import SearchKey
from deliver_to_po.models.search_key import KEY_LENGTH, beginning_with, keep_keys, keys_of, words_of
from tests.bystanders import Bystanders
from tests.factories import build_draft, make_delivery, make_draft


def test_words_are_folded_whole() -> None:
    assert words_of("Cœur-de-Marie D’Œuvre") == ["coeur", "de", "marie", "doeuvre"]


def test_a_delivery_has_a_key_for_each_word_code_and_number() -> None:
    assert keys_of(build_draft(reference="ORDER 1/é")) == {
        "marie", "eve", "cote", "ottawa", "comptoir", "du", "coin", "order", "1", "e", "order 1/e",
        "marie@example.com", "6135550199", "k1k4t3", "k2b7k0", "0000102978",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "keys"), [("Jean L’Écuyer", {"jean", "lecuyer", "ecuyer"}), ("O'Brien", {"obrien", "brien"})]
)
def test_what_follows_an_elision_is_a_key_too(name: str, keys: set[str]) -> None:
    assert keys <= keys_of(build_draft(recipient_name=name))


def test_no_key_is_longer_than_its_column() -> None:
    assert max(map(len, keys_of(build_draft(recipient_email="x" * 70)))) == KEY_LENGTH


@pytest.mark.django_db
def test_keys_replace_those_from_before_and_a_draft_has_none() -> None:
    delivery, draft = make_delivery(), make_draft()
    keep_keys(delivery)
    delivery.recipient_name = "Ann Roy"
    keep_keys(delivery)
    keep_keys(draft)
    assert {row.key for row in SearchKey.objects.filter(delivery=delivery)} == keys_of(delivery)
    assert not SearchKey.objects.filter(delivery=draft).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "keys"), [("co", {"coin", "comptoir", "cote"}), ("cot", {"cote"}), ("%", set())])
def test_keys_are_found_by_their_beginning(start: str, keys: set[str], bystanders: Bystanders) -> None:
    delivery = make_delivery()
    keep_keys(delivery)
    assert {row.key for row in beginning_with(start).filter(delivery=delivery)} == keys
