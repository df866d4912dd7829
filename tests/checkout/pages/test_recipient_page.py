"""The recipient's page: questions and errors over HTTP, in words about one person, in either language."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.checkout.pages.stepping import NEXT, choose, draft, fill, office_ids, one, problem, search, soup
from tests.factories import TYPED

ABROAD = "+33 1 42 68 53 00"
FRENCH = {"Accept-Language": "fr-CA"}
pytestmark = pytest.mark.usefixtures("shop")


def typed_in(page: BeautifulSoup) -> dict[str, str]:
    fields = {
        str(field["name"]): str(field.get("value", "")) for field in page.select(".d2po-form input:not([type=hidden])")
    }
    return {**fields, "province": str(one(page, "#id_province option[selected]")["value"])}


def test_a_question_keeps_all_that_was_typed_and_goes_on_once_its_box_is_ticked(client: Client) -> None:
    choose(client)
    page = soup(fill(client, phone=ABROAD))
    assert "outside Canada and the United States" in problem(page)
    assert str(one(page, "title").string).strip().startswith("Please check:")
    assert {**TYPED, "phone": ABROAD}.items() <= typed_in(page).items()
    assert draft(client).recipient_name == ""
    box = one(page, "[type=checkbox]")
    assert "checked" not in box.attrs
    response = fill(client, phone=ABROAD, **{str(box["name"]): "on"})
    assert (response.status_code, response["Location"]) == (302, NEXT)
    assert draft(client).recipient_phone == ABROAD


def leave(client: Client, **typed: str) -> dict[str, str]:
    """Press the button above the form that leads to another post office; return the form as it is there afterwards."""
    response = fill(client, **dict.fromkeys(TYPED, "") | typed, office=draft(client).office_id, change="1")
    assert response["Location"].endswith(f"#d2po-office-{draft(client).office_id}")
    choose(client, office_ids(search(client))[1])
    page = soup(client.get(reverse("deliver_to_po:recipient")))
    assert problem(page) == ""
    return typed_in(page)


def test_what_is_typed_so_far_stays_while_another_post_office_is_chosen(client: Client) -> None:
    choose(client)
    button = one(soup(client.get(reverse("deliver_to_po:recipient"))), "[name=change]")
    assert button["form"] == "d2po-recipient"
    half = {"name": "Élodie Roy", "address_line_1": "CP 123", "province": "QC", "postal_code": "J8X 2K4"}
    # What is no phone number yet is left out, as nothing else would fit into the row.
    assert leave(client, **half, phone="613", email="élodie@") == dict.fromkeys(TYPED, "") | half
    assert not draft(client).complete
    # Nor does the shop suggest the name again.
    assert leave(client, city="Hull")["name"] == ""


def test_a_form_that_is_left_as_it_was_names_nobody(client: Client) -> None:
    choose(client)
    suggested = typed_in(soup(client.get(reverse("deliver_to_po:recipient"))))
    assert leave(client, **suggested) == suggested
    assert draft(client).recipient_name == ""


def test_whoever_leaves_the_form_has_answered_no_question(client: Client) -> None:
    choose(client)
    assert leave(client, **TYPED | {"phone": ABROAD}) == TYPED | {"phone": ""}
    assert not draft(client).complete
    assert leave(client, **TYPED) == TYPED
    assert draft(client).complete


def test_a_question_beside_an_error_is_listed_with_it(client: Client) -> None:
    choose(client)
    page = soup(fill(client, province="QC", name=""))
    assert str(one(page, "title").string).strip().startswith("Problem:")
    assert [str(link["href"]) for link in page.select(".d2po-problem a")] == ["#id_name", "#id_confirm_postal_code"]
    assert [str(box["name"]) for box in page.select("[type=checkbox]")] == ["confirm_postal_code"]


@pytest.mark.parametrize("field", ["postal_code", "email", "phone"])
def test_a_box_stands_right_below_what_it_is_about(client: Client, field: str) -> None:
    choose(client)
    page = soup(fill(client, province="QC", email="zoe@gmial.com", phone=ABROAD))
    names = [str(element["name"]) for element in page.select("form input:not([type=hidden]), form select")]
    assert names.index(f"confirm_{field}") == names.index(field) + 1


@pytest.mark.parametrize(
    ("language", "others"),
    [
        ("en", {"your", "yours", "their", "them", "they"}),
        ("fr", {"votre", "vos", "leur", "leurs"}),
    ],
)
def test_the_form_speaks_of_the_one_person_who_picks_up(client: Client, language: str, others: set[str]) -> None:
    choose(client)
    office = {"address_line_1": draft(client).office.street, "address_line_2": ""}
    pages = [
        client.get(reverse("deliver_to_po:recipient"), headers={"Accept-Language": language}),
        *(
            client.post(reverse("deliver_to_po:recipient"), data, headers={"Accept-Language": language})
            for data in (
                dict.fromkeys(TYPED, ""),
                {**TYPED, "email": "x", "phone": "x", "postal_code": "x", "name": "😀"},
                {**TYPED, **office, "postal_code": draft(client).office_postal_code, "province": "QC", "phone": ABROAD},
            )
        ),
    ]
    assert len({response.content for response in pages}) == 4
    for response in pages:
        page = soup(response)
        said = f"{one(page, '.d2po-form').get_text(' ')} {problem(page)}"
        # What the person is asked to give may be theirs without them, as what stays without it is deleted.
        said = said.split("we give", maxsplit=1)[0].split("nous transmettons", maxsplit=1)[0]
        assert not others & set(re.findall(r"\w+", said.lower()))


def test_examples_are_written_as_each_language_writes_them(client: Client) -> None:
    choose(client)
    wrong = {**TYPED, "email": "x", "phone": "x"}
    english = problem(soup(client.post(reverse("deliver_to_po:recipient"), wrong)))
    french = problem(soup(client.post(reverse("deliver_to_po:recipient"), wrong, headers=FRENCH)))
    assert "613-555-0123" in english
    assert "name@example.com" in english
    assert "613 555-0123" in french
    assert "nom@example.com" in french


ON_LABELS = (
    "We delete them 180 days after the order, or at most 30 days later if a label is still being made.",
    "Nous les supprimons 180 jours après la commande, ou au plus 30 jours plus tard si une étiquette est encore en "
    "préparation.",
)
ON_PARCELS = (
    "We delete them 180 days after the parcel is picked up or returned, or the order is cancelled. If we hear nothing "
    "of the parcel for 60 days, we count from then.",
    "Nous les supprimons 180 jours après le ramassage, le renvoi ou l’annulation. Sans nouvelles du colis pendant 60 "
    "jours, nous comptons à partir de là.",
)


@pytest.mark.parametrize(("follows", "said"), [(False, ON_LABELS), (True, ON_PARCELS)])
def test_what_is_deleted_is_counted_from_the_order_and_where_parcels_are_followed_from_their_end(
    client: Client, change_settings: Any, follows: bool, said: tuple[str, str]
) -> None:
    change_settings(TRACKING=follows)
    choose(client)
    for headers, words in zip(({}, FRENCH), said, strict=True):
        page = soup(client.get(reverse("deliver_to_po:recipient"), headers=headers))
        sentence = one(page, ".d2po-privacy").get_text()
        assert [words in sentence, "Ottawa, Ontario" in sentence, "privacy@example.com" in sentence] == [True] * 3
        assert "parcels.example.com" not in sentence


WEBHOOK = {"SECRET": "whsec_" + "A" * 44, "HAS_SHOWN_A_LABEL": True}
SYSTEMS = {
    "default": ("canadapost.CanadaPostShipping", {}),
    "own": ("webhook.Webhook", {**WEBHOOK, "URL": "http://localhost/parcels"}),
    "hook": ("webhook.Webhook", {**WEBHOOK, "URL": "https://parcels.example.com/d2po"}),
    "named": ("manual.Manual", {"NAME": "Parcel Desk", "HAS_SHOWN_A_LABEL": True}),
    # It is given nothing before somebody has seen a label of its.
    "unseen": ("manual.Manual", {"NAME": "Label Pro"}),
    "typed": ("manual.Manual", {}),
    "est": ("est.Est2File", {}),
}


def test_whoever_gets_the_recipient_beside_canada_post_is_named(client: Client, change_settings: Any) -> None:
    systems = {
        alias: {"BACKEND": f"deliver_to_po.shipping.{name}", "OPTIONS": options}
        for alias, (name, options) in SYSTEMS.items()
    }
    change_settings(SHIPPING_SYSTEMS=systems)
    choose(client)
    for headers, words in (
        ({}, "For the label we also give them to: "),
        (FRENCH, "Pour l’étiquette, nous les transmettons aussi à\u00a0: "),
    ):
        page = soup(client.get(reverse("deliver_to_po:recipient"), headers=headers))
        assert f"{words}Parcel Desk, parcels.example.com." in one(page, ".d2po-privacy").get_text()
