"""Choosing again by a link: the step's own picker, for an order that is placed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from deliver_to_po import errors
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.checkout.pages import choose_again
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Office, Shipment, links
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from deliver_to_po.notices.mailing import desk_url
from deliver_to_po.offices.finder import find
from tests.bystanders import Bystanders
from tests.checkout.pages.stepping import one, soup
from tests.factories import RECIPIENT, TYPED, make_delivery, make_order, make_pause

pytestmark = pytest.mark.django_db
TOLD = (RECIPIENT.name, RECIPIENT.email, RECIPIENT.phone, RECIPIENT.address.line_1)
NOT_SHOWN = (*TOLD, RECIPIENT.address.postal_code, "K1K 4T3", "Marie")
CLOSED = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_NO_LONGER, "office_check": OfficeCheck.NO_LONGER}


@pytest.fixture
def closed(bystanders: Bystanders) -> Delivery:
    """Return a delivery whose post office has closed, of a buyer who reads French."""
    return make_delivery(**CLOSED, language="fr", office_name="Comptoir du Coin")


@pytest.fixture
def unchosen(bystanders: Bystanders) -> Delivery:
    """Return the delivery of an order by phone: nobody has chosen anything, nor said who picks up."""
    nothing = dict.fromkeys((*RECIPIENT_FIELDS, "office_id", "office_name", "office_postal_code"), "")
    times = {"release_asked_at": None, "released_at": None}
    needed = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.NEVER_CHOSEN}
    return make_delivery(order=make_order(), **nothing, **times, **needed)


def test_opening_the_link_uses_nothing_up_and_shows_nothing_of_the_recipient(
    closed: Delivery, client: Client, settings: Any
) -> None:
    # The link tells no other site its address, whatever the shop's own pages do.
    settings.SECURE_REFERRER_POLICY = "unsafe-url"
    path = links.path_for(closed)
    before = Delivery.objects.filter(pk=closed.pk).values().get()
    for _ in range(2):
        response = client.get(path)
        text = response.content.decode()
        assert response.status_code == 200
        assert "Comptoir du Coin n’accepte plus les colis" in text
        assert not [hidden for hidden in NOT_SHOWN if hidden in text]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Content-Language"] == "fr"
    assert Delivery.objects.filter(pk=closed.pk).values().get() == before


def test_it_opens_with_the_offices_near_the_one_that_closed(
    closed: Delivery, emulator: EmulatorServer, client: Client
) -> None:
    page = soup(client.get(links.path_for(closed)))
    near = find(NearPostalCode(closed.office_postal_code), "fr").offices
    assert [radio["value"] for radio in page.select("input[name=office_id]")] == [one.office_id for one in near[:10]]
    assert not page.select("input[checked]")


def test_it_opens_with_an_empty_search_where_no_office_was_chosen(
    unchosen: Delivery, client: Client, emulator: EmulatorServer
) -> None:
    page = soup(client.get(links.path_for(unchosen)))
    assert (page.select("input[name=office_id]"), page.select("#d2po-problem")) == ([], [])
    assert emulator.calls == {}


def test_the_page_is_in_the_deliverys_language_and_can_be_switched(closed: Delivery, client: Client) -> None:
    path = links.path_for(closed)
    page = soup(client.get(path, headers={"accept-language": "en"}))
    assert one(page, "html")["lang"] == "fr"
    switch = one(page, ".d2po-language a")
    assert switch.text == "English"
    english = client.get(str(switch["href"]))
    assert "Comptoir du Coin no longer accepts parcels" in english.content.decode()
    assert one(soup(english), ".d2po-language a")["href"] == path
    hours = one(soup(client.get(f"{path}office/{closed.office_id}/?q=K1A0B1")), ".d2po-language a")
    assert hours["href"] == f"{switch['href']}office/{closed.office_id}/?q=K1A0B1"


def test_in_a_shop_whose_addresses_begin_with_a_language_the_page_leads_to_its_own(
    closed: Delivery, offered: list[str], client: Client, settings: Any
) -> None:
    """A shop whose French is fr-ca has no address that begins with fr, nor with LANGUAGE_CODE as Django writes it."""
    settings.ROOT_URLCONF, settings.LANGUAGE_CODE = "tests.urls_with_language", "en-us"
    settings.LANGUAGES = [("fr-ca", "Français"), ("en-ca", "English")]
    path = links.path_for(closed)
    assert path.startswith("/fr-ca/post-office/again/fr/")
    assert desk_url("changelist").startswith("https://shop.example.com/en-ca/admin/")
    assert one(soup(client.get(path, {"q": "K1A0B1"})), "#d2po-results form")["action"] == path
    assert client.post(path, {"office_id": offered[1]})["Location"] == "/fr-ca/post-office/again/fr/"


def test_a_shop_that_speaks_one_language_offers_no_address_in_the_other(
    closed: Delivery, client: Client, settings: Any
) -> None:
    settings.ROOT_URLCONF, settings.LANGUAGE_CODE = "tests.urls_with_language", "fr-ca"
    settings.LANGUAGES = [("fr-ca", "Français")]
    page = client.get(links.path_for(closed), {"q": "K1A0B1"})
    assert page.status_code == 200
    assert not soup(page).select(".d2po-language")


def test_another_office_is_chosen_and_the_old_link_is_dead(
    closed: Delivery, offered: list[str], client: Client
) -> None:
    path = links.path_for(closed)
    found = client.get(path, {"q": "K1A0B1"})
    assert one(soup(found), "#d2po-results form")["action"] == path
    response = client.post(path, {"q": "K1A0B1", "office_id": offered[1]})
    assert (response.status_code, response["Location"]) == (302, "/post-office/again/fr/")
    closed.refresh_from_db()
    assert (closed.state, closed.reason, closed.office_id) == (DeliveryState.RELEASED, "", offered[1])
    assert (closed.choice, closed.office_check) == (1, OfficeCheck.TAKES_PARCELS)
    assert closed.recipient == RECIPIENT
    assert Shipment.objects.get(delivery=closed, state=ShipmentState.WAITING).office_id == offered[1]
    assert closed.history.filter(change=Change.CHOOSE_AGAIN, user=None).count() == 1
    done = client.get(response["Location"])
    text = done.content.decode()
    assert as_people_read(closed.office_name) in text
    assert as_people_read(closed.office_address) in soup(done).text
    assert not [hidden for hidden in NOT_SHOWN if hidden in text]
    for method in (client.get, client.post):
        again = method(path, {"office_id": offered[0]})
        assert again.status_code == 410
        assert "communiquez avec nous" in again.content.decode()
    closed.refresh_from_db()
    assert closed.office_id == offered[1]


def test_who_chooses_again_and_again_waits_a_minute(
    closed: Delivery, offered: list[str], client: Client, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1, TRUSTED_PROXIES=0)
    for office_id, status in ((offered[1], 302), (offered[0], 429)):
        path = links.path_for(Delivery.objects.get(pk=closed.pk))
        answer = client.post(path, {"office_id": office_id}, REMOTE_ADDR="198.51.100.8")
        assert answer.status_code == status


@pytest.mark.parametrize("same_browser", [True, False])
def test_a_choice_that_is_sent_twice_is_done_once_and_told_as_done(
    closed: Delivery, offered: list[str], client: Client, same_browser: bool
) -> None:
    """The second request of a double tap may still carry the cookie of before the first."""
    path, sent = links.path_for(closed), {"office_id": offered[1]}
    client.post(path, sent)
    second = client if same_browser else Client()
    response = second.post(path, sent, follow=True)
    assert response.status_code == 200
    assert one(soup(response), "h1").text == "Votre bureau de poste est choisi"
    assert closed.history.filter(change=Change.CHOOSE_AGAIN).count() == 1
    assert second.post(path, {"office_id": offered[0]}).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert second.post(path, sent).status_code == 410


def test_a_link_of_two_choices_ago_is_no_repetition(closed: Delivery, offered: list[str], client: Client) -> None:
    path = links.path_for(closed)
    client.post(path, {"office_id": offered[1]})
    Delivery.objects.filter(pk=closed.pk).update(choice=2)
    assert client.post(path, {"office_id": offered[1]}).status_code == 410


def test_a_recipient_who_is_named_twice_is_told_as_done_and_another_is_refused(
    unchosen: Delivery, offered: list[str], client: Client
) -> None:
    page = f"{links.path_for(unchosen)}recipient/{offered[0]}/"
    assert [client.post(page, TYPED)["Location"] for _ in range(2)] == ["/post-office/again/en/"] * 2
    assert client.post(page, {**TYPED, "name": "Somebody Else"}).status_code == 410
    assert client.post(page, {**TYPED, "name": ""}).status_code == 410


def test_who_planted_the_buyers_cookie_does_not_see_what_was_chosen(
    closed: Delivery, offered: list[str], client: Client
) -> None:
    thief = Client()
    thief.session.save()
    client.cookies[project.SESSION_COOKIE_NAME] = thief.cookies[project.SESSION_COOKIE_NAME].value
    chosen = client.post(links.path_for(closed), {"q": "K1A0B1", "office_id": offered[1]})["Location"]
    assert (client.get(chosen).status_code, thief.get(chosen).status_code) == (200, 404)


def test_searching_more_and_hours_stay_behind_the_link(closed: Delivery, offered: list[str], client: Client) -> None:
    path = links.path_for(closed)
    searched = client.post(path, {"search": "1", "q": "111 Wellington Street, Ottawa"})
    assert searched["Location"].startswith(f"{path}?q=Wellington")
    page = soup(client.get(path, {"q": "K1A0B1"}))
    assert str(one(page, "[data-more]")["href"]).startswith(path)
    hours = client.get(f"{path}office/{offered[0]}/", {"q": "K1A0B1"})
    assert hours.status_code == 200
    assert one(soup(hours), "form")["action"] == path
    assert client.get(f"{path}office/999999999999/").status_code == 404


def test_no_way_leads_from_the_link_to_home_delivery(closed: Delivery, client: Client) -> None:
    path = links.path_for(closed)
    step = one(soup(client.get(path)), "d2po-step")
    assert [str(link["href"]) for link in step.select("a")] == [path.replace("/fr/", "/en/")]


def test_an_office_that_has_closed_too_is_refused_with_its_name(
    closed: Delivery, offered: list[str], client: Client, emulator: EmulatorServer
) -> None:
    emulator.state.close_office(offered[1], "no_longer")
    response = client.post(links.path_for(closed), {"q": "K1A0B1", "office_id": offered[1]})
    assert "n’accepte plus les colis" in one(soup(response), "#d2po-problem").text
    closed.refresh_from_db()
    assert (closed.state, closed.choice) == (DeliveryState.NEEDS_CHOICE, 0)


def test_pressing_without_a_choice_says_so(closed: Delivery, offered: list[str], client: Client) -> None:
    response = client.post(links.path_for(closed), {"q": "K1A0B1"})
    assert response.status_code == 200
    assert "Choisissez un bureau de poste" in one(soup(response), "#d2po-problem").text


def test_whoever_has_no_recipient_yet_is_asked_for_one(unchosen: Delivery, offered: list[str], client: Client) -> None:
    path = links.path_for(unchosen)
    response = client.post(path, {"office_id": offered[0]})
    assert response["Location"] == f"{path}recipient/{offered[0]}/"
    unchosen.refresh_from_db()
    assert (unchosen.state, unchosen.office_id) == (DeliveryState.NEEDS_CHOICE, "")
    page = client.get(response["Location"])
    assert page.status_code == 200
    wrong = client.post(response["Location"], {**TYPED, "postal_code": "nope"})
    assert wrong.status_code == 200
    assert one(soup(wrong), "[name=name]")["value"] == RECIPIENT.name
    done = client.post(response["Location"], TYPED)
    assert (done.status_code, done["Location"]) == (302, "/post-office/again/en/")
    unchosen.refresh_from_db()
    assert (unchosen.state, unchosen.office_id, unchosen.choice) == (DeliveryState.PLACED, offered[0], 1)
    assert unchosen.recipient == RECIPIENT
    assert client.get(path).status_code == 410


def test_an_office_that_has_closed_is_refused_before_anybody_is_asked_who_picks_up(
    unchosen: Delivery, offered: list[str], client: Client, emulator: EmulatorServer
) -> None:
    emulator.state.close_office(offered[0], "no_longer")
    response = client.post(links.path_for(unchosen), {"q": "K1A0B1", "office_id": offered[0]})
    assert "no longer accepts parcels" in one(soup(response), "#d2po-problem").text


def the_office_closes(emulator: EmulatorServer, office_id: str) -> None:
    emulator.state.close_office(office_id, "no_longer")


def canada_post_is_away(emulator: EmulatorServer, office_id: str) -> None:
    Office.objects.update(offered_at=timezone.now() - timedelta(days=30))
    emulator.faults.add("*", "503", count=None)


def somebody_else_is_named(emulator: EmulatorServer, office_id: str) -> None:
    Delivery.objects.filter(office_id="").update(recipient_name="First Window")


@pytest.mark.parametrize(
    ("happens", "code", "said", "kept"),
    [
        (the_office_closes, "office_no_longer", "no longer accepts parcels", RECIPIENT.name),
        (canada_post_is_away, "offices_unavailable", "Canada Post is not answering right now", RECIPIENT.name),
        (somebody_else_is_named, "recipient_kept", "already saved", "First Window"),
    ],
)
def test_what_happens_while_somebody_is_named_is_said_on_the_list_and_who_is_saved_stays(
    unchosen: Delivery,
    offered: list[str],
    client: Client,
    emulator: EmulatorServer,
    happens: Any,
    code: str,
    said: str,
    kept: str,
) -> None:
    path = links.path_for(unchosen)
    happens(emulator, offered[0])
    response = client.post(f"{path}recipient/{offered[0]}/", TYPED)
    code_of_office = Office.objects.get(received_id=offered[0]).postal_code
    assert response["Location"] == f"{path}?q={code_of_office[:3]}+{code_of_office[3:]}&problem={code}"
    assert said in one(soup(client.get(response["Location"])), "[role=alert]").text
    unchosen.refresh_from_db()
    assert (unchosen.recipient_name, unchosen.state) == (kept, DeliveryState.NEEDS_CHOICE)


def test_who_names_a_recipient_after_the_choice_has_closed_is_told_so(
    unchosen: Delivery, offered: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(*_arguments: Any) -> None:
        raise errors.ChoiceClosed

    monkeypatch.setattr(choose_again, "keep_recipient", close)
    response = client.post(f"{links.path_for(unchosen)}recipient/{offered[0]}/", TYPED)
    assert response.status_code == 409


def test_a_known_recipient_is_not_asked_for_and_not_changed(
    closed: Delivery, offered: list[str], client: Client
) -> None:
    path = links.path_for(closed)
    assert client.get(f"{path}recipient/{offered[0]}/")["Location"] == path
    client.post(f"{path}recipient/{offered[0]}/", {**TYPED, "name": "Somebody Else"})
    closed.refresh_from_db()
    assert closed.recipient == RECIPIENT


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_link_that_does_not_work_says_what_to_do(closed: Delivery, client: Client, language: str) -> None:
    path = links.path_for(closed).replace("/fr/", f"/{language}/")
    contact = {"en": "contact us", "fr": "ommuniquez avec nous"}[language]
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        old = client.get(path)
    tampered = client.get(f"{path[:-2]}x/")
    assert (old.status_code, tampered.status_code) == (410, 404)
    for response in (old, tampered):
        assert contact in one(soup(response), ".d2po-lead").get_text()
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Language"] == language


def test_what_is_cancelled_is_not_chosen_for(bystanders: Bystanders, client: Client) -> None:
    response = client.get(links.path_for(make_delivery(state=DeliveryState.CANCELLED)))
    assert response.status_code == 409
    assert "cancelled" in response.content.decode()


def test_the_confirmation_is_the_sessions_own(client: Client, db: None) -> None:
    response = client.get("/post-office/again/fr/")
    assert response.status_code == 404
    assert "votre choix est conservé" in response.content.decode()


def test_a_pause_says_that_nothing_is_lost(closed: Delivery, client: Client) -> None:
    make_pause()
    text = one(soup(client.get(links.path_for(closed))), "d2po-step").text
    assert "Revenez à cette page plus tard" in text
    assert "domicile" not in text
