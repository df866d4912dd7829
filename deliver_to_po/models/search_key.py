"""What a clerk may type to find a delivery: words of names and cities, e-mail, phone and codes, each by an index."""

import re
import unicodedata
from collections.abc import Iterator

from django.db import connection, models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.identifiers import PHONE_DIGITS, phone_digits
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS

KEY_LENGTH = 60
# More words than any name or city has.
MOST_WORDS = 12
# Longer than any field that is taken apart here.
LONGEST_TEXT = 200
# Letters that are more than a letter with an accent.
SPELLED_OUT = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d"})
APOSTROPHES = re.compile("['’‘ʼ`´]")
# "L'Écuyer", "d'Anjou" and "O'Brien" are found by what follows too.
ELISION = re.compile("^[a-z]{1,2}['’‘ʼ`´](?=[a-z0-9])")
# Fields of a delivery from which keys are made.
SOURCES = frozenset((*RECIPIENT_FIELDS, *OFFICE_FIELDS, "reference"))


class SearchKey(models.Model):
    """One thing by which one delivery is found, as ``keys_of`` folds it; erased with the recipient."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="search_keys", db_index=False, verbose_name=_("delivery")
    )
    key = models.CharField(_("key"), max_length=KEY_LENGTH)

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        # With this class PostgreSQL finds beginnings by it, in whatever language it sorts: among all keys, and among
        # those of one delivery, where so many begin like that that it goes through the list instead.
        indexes = [models.Index(fields=["key"], opclasses=["varchar_pattern_ops"], name="d2po_search_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "key"], opclasses=["uuid_ops", "varchar_pattern_ops"], name="d2po_search_key_once"
            )
        ]

    def __str__(self) -> str:
        return self.key


def folded(text: str) -> str:
    """Return a text in lower case, without accents; apostrophes stay."""
    spelled = text[:LONGEST_TEXT].casefold().translate(SPELLED_OUT)
    decomposed = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded and without apostrophes: "L'Écuyer" is ``lecuyer``."""
    return re.findall("[a-z0-9]+", APOSTROPHES.sub("", folded(text)))[:MOST_WORDS]


def digits_of(phone: str) -> str:
    """Return the ten digits of a phone number, without the country's code and an extension."""
    return phone_digits(phone)[-PHONE_DIGITS:]


def code_of(text: str) -> str:
    """Return a code as it is compared: in lower case, without spaces and dashes."""
    return re.sub(r"[\s-]", "", folded(text))


def keys_of(delivery: Delivery) -> set[str]:
    """Return everything by which a delivery is found; of an erased one only reference and post office."""
    words = {word for text in _texts(delivery) for word in _words_and_what_follows_an_elision(text)}
    codes = (delivery.recipient_postal_code, delivery.office_postal_code, delivery.office_id)
    whole = (folded(delivery.recipient_email), digits_of(delivery.recipient_phone), folded(delivery.reference))
    return {key[:KEY_LENGTH] for key in {*words, *whole, *map(code_of, codes)} if key}


def _texts(delivery: Delivery) -> tuple[str, ...]:
    row = delivery
    return row.recipient_name, row.recipient_city, row.office_name, row.office_city, row.reference


def _words_and_what_follows_an_elision(text: str) -> Iterator[str]:
    yield from words_of(text)
    for part in re.split(r"[\s-]+", folded(text))[:MOST_WORDS]:
        if ELISION.search(part):
            yield from words_of(ELISION.sub("", part))


def keep_keys(delivery: Delivery, *, first: bool = False) -> None:
    """Write by what a delivery is found from now on, in place of what it was found by; nothing before it is placed.

    Call it in the transaction that changed the delivery, so that nothing of a recipient outlives an erasure beside it.
    ``first`` says that it has got its order just now: nothing is found of it yet.
    """
    if not first:
        SearchKey.objects.filter(delivery=delivery).delete()
    if delivery.order_id is None:
        return
    SearchKey.objects.bulk_create(SearchKey(delivery_id=delivery.pk, key=key) for key in sorted(keys_of(delivery)))


def beginning_with(start: str) -> QuerySet[SearchKey]:
    """Return the keys that begin with a folded text, by the index."""
    if connection.vendor == "mysql":
        # A comparison byte by byte would not use the index; the keys have neither case nor accents.
        return SearchKey.objects.filter(key__istartswith=start)
    rows = SearchKey.objects.filter(key__startswith=start)
    if connection.vendor == "sqlite" and start:
        return rows.filter(key__gte=start, key__lt=start[:-1] + chr(ord(start[-1]) + 1))
    return rows
