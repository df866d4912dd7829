"""The clerk's list: in each case the buttons that the page names are there, and both languages have the same cases."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Manifest
from tests.admin.browsing import desk, url
from tests.factories import PARCEL, make_delivery, make_shipment

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PO = ROOT / "deliver_to_po" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PAGES = {"en": HOW_TO / "what-do-i-do-when.md", "fr": HOW_TO / "que-faire-quand.md"}
CASE = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
BUTTON = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
ITALIC = re.compile(r"(?<![*\w])\*([^*]+?)\*(?![*\w])")


@cache
def catalogue() -> Sequence[tuple[str, str]]:
    """Return each text of the package with its French; one may be there more than once, of different things."""

    def forms(value: Any) -> Sequence[str]:
        return value if isinstance(value, (tuple, list)) else (value,)

    with PO.open("rb") as file:
        messages = [message for message in read_po(file, locale="fr") if message.id]
    pairs = [zip(forms(message.id), forms(message.string), strict=True) for message in messages]
    # The last is Django's own.
    return [*(pair for forms_of_one in pairs for pair in forms_of_one), ("Save", "Enregistrer")]


def cases(language: str) -> list[tuple[int, str]]:
    parts = CASE.split(PAGES[language].read_text(encoding="utf-8"))[1:]
    return [(int(number), text) for number, _title, text in zip(*[iter(parts)] * 3, strict=True)]


def words(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return what a page has in bold or slanted, on one line each."""
    return [" ".join(found.split()) for found in pattern.findall(text)]


def plain(text: str) -> str:
    """Return a text as it is compared: spaces alike, counts and names filled in."""
    filled = text.replace("%(count)s", "3").replace("%(system)s", "Canada Post")
    return " ".join(filled.split()).replace("’", "'").casefold()


def known(texts: Iterable[str], language: str) -> set[str]:
    found = {plain(text) for text in texts}
    return {text.replace("canada post", "postes canada") for text in found} if language == "fr" else found


# The buttons. What each of them does is a rule of the desk's own rooms.


def order(**fields: Any) -> list[str]:
    """Return the page of a delivery that stands so."""
    return [url("delivery_change", make_delivery(**fields))]


def parcel(state: str, delivery: Delivery | None = None, **fields: Any) -> list[str]:
    """Return the page of a delivery whose parcel stands so."""
    return [url("delivery_change", make_shipment(delivery, state=state, due_at=None, **fields).delivery)]


def by_hand(state: str, **fields: Any) -> list[str]:
    """Return the page of a delivery whose parcel is labelled in another program, and the page of all such."""
    return [*parcel(state, system="desk", **fields), desk("by_hand")]


def link_for_the_buyer() -> list[str]:
    delivery = make_delivery(**CLOSED)
    return [url("delivery_change", delivery), url("choose_link", delivery)]


def day_end() -> list[str]:
    """Return the pages of a day whose end did not go as it should: three parcels wait, and a manifest never came."""
    group = f"main-street-{timezone.localdate() - timedelta(days=1)}"
    for _each in range(3):
        make_shipment(
            make_delivery(live=True), state="labelled", api="portal", group=group, printed_at=NOW, due_at=None
        )
    lost = {"state": ManifestState.ATTENTION, "reason": Reason.MANIFEST_MISSING}
    manifest = Manifest.objects.create(system="default", live=True, transmitted_at=NOW, **lost)
    Manifest.objects.create(state=ManifestState.FETCHED, document="m.pdf", transmitted_at=NOW, fetched_at=NOW)
    return [desk("manifest_changelist"), desk("day_end"), desk("manifest_change", manifest.pk)]


NOW = timezone.now()
LEFT: dict[str, Any] = {"transmitted_at": NOW}
CLOSED: dict[str, Any] = {"state": "needs_choice", "reason": Reason.OFFICE_NO_LONGER}
CHARGED: dict[str, Any] = {**LEFT, "group": "", "api": "portal by card"}
# The old label is to be destroyed before the next is made.
REPLACED: dict[str, Any] = {"change_asked_at": NOW}
# The order is packed otherwise by now.
MORE_BOXES = (12, 14)
# The pages on which a clerk finds the buttons that a case names.
WHERE: dict[int, Callable[[], list[str]]] = {
    1: lambda: parcel("waiting"),
    2: lambda: order(state="placed"),
    3: lambda: parcel("labelled"),
    4: lambda: [*parcel("labelled", **LEFT), *parcel("refund_asked", **REPLACED)],
    5: link_for_the_buyer,
    6: lambda: parcel("labelled"),
    7: lambda: order(state="needs_choice", reason=Reason.NEVER_CHOSEN, office_id="", office_name=""),
    8: lambda: parcel("labelled"),
    9: lambda: parcel("labelled", **LEFT),
    10: lambda: [*parcel("labelled"), *parcel("labelled", make_delivery(state="held", reason=Reason.ON_HOLD))],
    11: lambda: [
        *parcel("labelled", make_delivery(state="held", reason=Reason.NOT_PAID)),
        *parcel("labelled", make_delivery(state="held", reason=Reason.NOT_PAID), **CHARGED),
    ],
    12: lambda: parcel("labelled"),
    13: lambda: parcel("labelled"),
    14: lambda: parcel("refused"),
    15: lambda: parcel("labelled"),
    16: lambda: [*parcel("labelled"), *parcel("refund_asked", **REPLACED)],
    17: list,
    18: lambda: [*parcel("attention"), *parcel("refused")],
    19: lambda: [url("delivery_change", make_shipment().delivery)],
    20: lambda: [desk("pause_add")],
    21: lambda: [*order(), desk("delivery_changelist")],
    22: lambda: parcel("labelled"),
    23: day_end,
    24: lambda: [url("delivery_change", make_shipment().delivery)],
    25: lambda: parcel("labelled", make_delivery(live=False)),
    26: lambda: [*by_hand("attention"), *by_hand("refused")],
    27: lambda: [*by_hand("done"), *by_hand("attention")],
    28: lambda: [*by_hand("handed"), *by_hand("attention")],
    29: lambda: [*by_hand("waiting", reason=Reason.TO_EXPORT), *by_hand("attention")],
    30: lambda: [*parcel("attention"), *parcel("refused")],
}


@pytest.fixture
def _a_shop(live_emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the shop ship for real, with two systems."""
    systems = {"default": "canadapost.CanadaPostShipping", "desk": "est.Est2File"}
    change_settings(
        SHIPPING_SYSTEMS={
            name: {"BACKEND": f"deliver_to_po.shipping.{path}", "OPTIONS": {}} for name, path in systems.items()
        },
        CANADA_POST={"GROUP_PREFIX": "main-street"},
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_a_shop")
@pytest.mark.parametrize("number", WHERE)
def test_each_button_that_a_case_names_is_where_its_clerk_looks(
    admin_client: Client, shop_says: Any, number: int
) -> None:
    """In French, which no text that is not translated passes; a test below compares the two pages."""
    shop_says("parcels", [PARCEL] * (2 if number in MORE_BOXES else 1))
    found = set[str]()
    for path in WHERE[number]():
        page = BeautifulSoup(admin_client.get(path, headers={"accept-language": "fr"}).content, "html.parser")
        found |= {plain(each.get_text()) for each in page.select("a, button, option")}
        found |= {plain(str(each["value"])) for each in page.select("input[type=submit]")}
    assert {plain(word) for word in words(BUTTON, dict(cases("fr"))[number])} - found == set()


# The pages themselves.


@pytest.mark.parametrize("language", PAGES)
def test_there_are_30_cases(language: str) -> None:
    assert [number for number, _text in cases(language)] == list(WHERE) == list(range(1, 31))


def test_both_pages_name_the_same_buttons_in_the_same_cases() -> None:
    pairs = {(plain(text), plain(french)) for text, french in catalogue()}
    for (number, text), (_number, texte) in zip(cases("en"), cases("fr"), strict=True):
        english, french = words(BUTTON, text), words(BUTTON, texte)
        assert len(english) == len(french), number
        for pair in zip(english, french, strict=True):
            assert tuple(map(plain, pair)) in pairs, (number, pair)


@pytest.mark.parametrize("language", PAGES)
def test_what_is_slanted_stands_on_a_page_of_the_shop(language: str) -> None:
    texts = known((pair[language == "fr"] for pair in catalogue()), language)
    for number, text in cases(language):
        for word in words(ITALIC, text.replace("**", "")):
            assert any(plain(word) in each for each in texts), (number, word)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("the-desk", "le-comptoir-du-marchand"),
        ("what-do-i-do-when", "que-faire-quand"),
        ("pack-and-print", "emballer-et-imprimer"),
        ("look-after-your-shop", "veiller-sur-la-boutique"),
    ],
)
def test_a_page_has_its_french_one_with_the_same_sections_and_one_verb_for_pressing(english: str, french: str) -> None:
    texts = [(HOW_TO / f"{name}.md").read_text(encoding="utf-8") for name in (english, french)]
    sections = [re.findall(r"^(#+|\d+\.|- |\|) ", text, re.MULTILINE) for text in texts]
    assert sections[0] == sections[1]
    assert re.findall(r"(?i)\bappu(?:y|ie)\w*(?!\w|\s+sur\s+Entrée)", texts[1]) == []
