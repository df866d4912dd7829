"""What the step answers where it stands within another page: fragments, and the choice instead of the shop's page."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout.placing import place
from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.emulator.server import EmulatorServer
from tests.factories import TYPED, build_order

pytestmark = pytest.mark.django_db
STEP = reverse("deliver_to_po:choose")
ELEMENT = {"X-D2PO-Fragment": "1"}


@pytest.fixture(autouse=True)
def _without_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these visitors order nothing, for no price."""
    monkeypatch.setattr(type(order_adapter()), "keeps_prices", False)


def answer(client: Client, url: str = STEP, data: dict[str, str] | None = None) -> Any:
    """Return what the element gets, redirects followed as a browser does."""
    ask = client.get if data is None else client.post
    return ask(url, data, headers=ELEMENT, follow=True)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        (ELEMENT, False),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
    ],
)
def test_whoever_has_a_page_gets_a_fragment(client: Client, headers: dict[str, str], whole: bool) -> None:
    page = text(client.get(STEP, headers=headers))
    assert ("<html" in page, "<title" in page, f'src="{STEP}"' in page) == (whole, whole, not whole)
    assert page.count("<d2po-step") == 1


def test_a_choice_is_shown_with_what_the_pages_form_sends(client: Client, offered: list[str]) -> None:
    asked = answer(client, data={"office_id": offered[0]})
    assert asked.redirect_chain[-1][0].startswith(reverse("deliver_to_po:recipient"))
    # A buyer who comes back goes on with that form.
    assert answer(client).redirect_chain[-1][0] == reverse("deliver_to_po:recipient")
    page = answer(client, reverse("deliver_to_po:recipient"), TYPED)
    draft_id, _secret = client.session[SESSION_KEY]
    assert [url for url, _status in page.redirect_chain] == [STEP]
    assert f'data-choice="{draft_id}"' in text(page)
    assert TYPED["name"] in text(page)
    assert text(answer(client)).count("data-choice") == 1
    assert "data-choice" not in text(answer(client, f"{STEP}?q=K1A0B1"))
    # Without the element the step is what it was.
    assert "data-choice" not in text(client.get(STEP))


def test_programs_read_a_price_as_a_number_whatever_the_language(
    client: Client, offered: list[str], change_settings: Any
) -> None:
    change_settings(ORDER_ADAPTER="tests.checkout.priced.PricedAdapter")
    answer(client, data={"office_id": offered[0]})
    answer(client, reverse("deliver_to_po:recipient"), TYPED)
    page = text(client.get(STEP, headers={**ELEMENT, "Accept-Language": "fr"}))
    price = re.search(r'data-price="(\d+)\.(\d\d)"', page)
    assert price
    # Beside it people read day and price in their own.
    assert re.search(rf"<strong>Dès le [^<]+\s· {price[1]},{price[2]}\s\$</strong>", page)


def test_a_choice_that_cannot_be_ordered_is_a_list_that_says_why(
    client: Client, offered: list[str], emulator: EmulatorServer
) -> None:
    answer(client, data={"office_id": offered[0]})
    emulator.state.close_office(offered[0], "no_longer")
    page = answer(client, reverse("deliver_to_po:recipient"), TYPED)
    assert 'data-code="office_no_longer"' in text(page)
    assert "data-choice" not in text(answer(client))


def test_what_is_placed_is_said_and_stays_for_the_review(client: Client, offered: list[str]) -> None:
    answer(client, data={"office_id": offered[0]})
    answer(client, reverse("deliver_to_po:recipient"), TYPED)
    held = client.session[SESSION_KEY]
    order = build_order()
    order.save()
    place(order, held[0], paid=True)
    for headers in (ELEMENT, {}):
        for url in (STEP, reverse("deliver_to_po:recipient")):
            page = text(client.get(url, headers=headers, follow=True))
            assert ('data-code="placed"' in page, f'href="{reverse("shop:review")}"' in page) == (True, True), (
                headers,
                url,
            )
    assert client.session[SESSION_KEY] == held
    # Another choice takes its place.
    answer(client, data={"office_id": offered[1]})
    assert client.session[SESSION_KEY] != held


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({**ELEMENT, "Accept-Language": "fr"}, "fr"),
        ({**ELEMENT, "Accept-Language": "fr-CA"}, "fr"),
        # The browser's own: nothing around the element has a language.
        ({**ELEMENT, "Accept-Language": "fr-CA,fr;q=0.9"}, "en"),
        ({**ELEMENT, "Accept-Language": "xx"}, "en"),
        ({"Accept-Language": "fr"}, "en"),
    ],
)
def test_the_elements_language_wins_over_the_cookie(
    client: Client, offered: list[str], headers: dict[str, str], language: str
) -> None:
    client.cookies["django_language"] = "en"
    client.post(STEP, {"office_id": offered[0]})
    pages = [("choose", []), ("recipient", []), ("office", [offered[0]])]
    shown = [
        text(client.get(reverse(f"deliver_to_po:{name}", args=args), headers=headers, follow=True))
        for name, args in pages
    ]
    assert [re.findall(r'<d2po-step[^>]* lang="(\w\w)', page) for page in shown] == [[language]] * 3


def test_a_wrong_field_says_its_code_and_name(client: Client, offered: list[str]) -> None:
    answer(client, data={"office_id": offered[0]})
    page = text(answer(client, reverse("deliver_to_po:recipient"), {**TYPED, "email": "", "phone": "12"}))
    assert 'data-code="required" data-about="email"' in page
    assert 'data-about="phone"' in page
