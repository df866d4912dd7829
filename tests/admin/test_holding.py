""" "Put on hold" and "Let it go on": as a button for one delivery, as an action for many, asked once with a reason."""

import html
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from deliver_to_po.adapter import order_adapter
from deliver_to_po.admin.changing import CONFIRMED
from deliver_to_po.choices import Change, DeliveryState, Reason
from deliver_to_po.handoff.release import hold_delivery
from deliver_to_po.models import Delivery
from tests.admin.conftest import Clerk
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_order, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

LIST = "admin:deliver_to_po_delivery_changelist"
NOT_ON_HOLD = "There is nothing to let go on: it is not on hold."
NOTHING_TO_HOLD = "There is nothing to put on hold: it is on hold already, cancelled, or all of it is sent."


def url(name: str, delivery: Delivery) -> str:
    return reverse(f"admin:deliver_to_po_{name}", args=[delivery.pk])


def send(client: Client, name: str, delivery: Delivery, **form: str) -> list[str]:
    """Send the form of one delivery's page and return what is said on the page that follows."""
    return said(client.post(url(name, delivery), {CONFIRMED: "1", **form}, follow=True))


def select(client: Client, name: str, *deliveries: Delivery, **form: str) -> Any:
    chosen = {"action": name, "_selected_action": [str(delivery.pk) for delivery in deliveries]}
    return client.post(reverse(LIST), {**chosen, **form}, follow=True)


def said(response: Any) -> list[str]:
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [line.get_text(" ", strip=True) for line in page.select(".messagelist li")]


def buttons(client: Client, delivery: Delivery) -> list[str]:
    page = BeautifulSoup(client.get(url("delivery_change", delivery)).content, "html.parser")
    return [link.get_text(strip=True) for link in page.select(".object-tools a:not(.historylink)")]


def hold_buttons(client: Client, delivery: Delivery) -> list[str]:
    return [label for label in buttons(client, delivery) if label in ("Put on hold", "Let it go on")]


def seen_again(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def waiting_for_payment(**fields: Any) -> Delivery:
    """Return a delivery that is placed, and whose release nobody has asked for."""
    asked = {"release_asked_at": None, "released_at": None}
    return make_delivery(**{"state": DeliveryState.PLACED, "order": make_order(), **asked, **fields})


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        ("placed", "", ["Put on hold"]),
        ("held", "on_hold", ["Let it go on"]),
        ("held", "shop_error", ["Put on hold", "Let it go on"]),
        ("needs_choice", "office_gone", ["Put on hold"]),
        ("cancelled", "", []),
    ],
)
def test_each_button_is_shown_where_it_does_something(
    admin_client: Client, state: str, reason: str, shown: list[str]
) -> None:
    assert hold_buttons(admin_client, make_delivery(state=state, reason=reason)) == shown


def test_the_page_asks_once_and_does_nothing_before(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = waiting_for_payment()
    response = admin_client.get(url("hold", delivery))
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("h1").get_text() == "Put on hold"  # type: ignore[union-attr]
    assert "Nothing that is not sent yet will be sent" in page.get_text()
    assert f"{delivery}: {delivery.recipient_name} (placed)" in page.get_text()
    assert page.select_one("form.d2po-change input[name=csrfmiddlewaretoken]")
    assert page.select("form.d2po-change a.closelink")[0]["href"] == url("delivery_change", delivery)
    assert seen_again(delivery) == ("placed", "")


def test_a_reason_is_asked_for_when_it_is_put_on_hold(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = waiting_for_payment()
    for note in ("", " ", "x" * 201):
        response = admin_client.post(url("hold", delivery), {CONFIRMED: "1", "note": note})
        assert BeautifulSoup(response.content, "html.parser").select(".errorlist")
    assert seen_again(delivery) == ("placed", "")


def test_who_did_it_and_why_is_kept(admin_client: Client, admin_user: Any, bystanders: Bystanders) -> None:
    delivery = waiting_for_payment()
    assert send(admin_client, "hold", delivery, note="The buyer called") == [
        "1 delivery is on hold: nothing of it is sent until you let it go on."
    ]
    assert seen_again(delivery) == ("held", Reason.ON_HOLD)
    send(admin_client, "let_go_on", delivery, note="")
    lines = delivery.history.order_by("pk").values_list("change", "note", "user")
    assert list(lines) == [(Change.HOLD, "The buyer called", admin_user.pk), (Change.RESUME, "", admin_user.pk)]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("waiting", "1 delivery is on hold: nothing of it is sent until you let it go on."),
        (
            "requested",
            "1 delivery is on hold. Some of its parcels had been sent to the shipping system: a hold does not call "
            "them back, so keep them in the shop.",
        ),
    ],
)
def test_whether_a_parcel_was_sent_before_is_said(admin_client: Client, state: str, message: str) -> None:
    delivery = make_shipment(state=state).delivery
    assert send(admin_client, "hold", delivery, note="x") == [message]


def test_what_needs_a_choice_is_held_after_it_and_may_be_let_go_on_before(admin_client: Client) -> None:
    delivery = make_delivery(state="needs_choice", reason="office_gone")
    assert send(admin_client, "hold", delivery, note="x") == [
        "1 delivery needs a post office first: once that is chosen, it is put on hold."
    ]
    assert hold_buttons(admin_client, delivery) == ["Let it go on"]
    assert send(admin_client, "let_go_on", delivery) == [
        "1 delivery still needs a post office; it is no longer put on hold after that."
    ]
    assert seen_again(delivery) == ("needs_choice", "office_gone")


PAID = "1 delivery goes on: it is released, and its parcels are sent by themselves."


def test_what_was_to_be_released_is_released(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery()
    hold_delivery(delivery)
    assert send(admin_client, "let_go_on", delivery) == [PAID]
    assert seen_again(delivery) == ("released", "")
    assert delivery.shipments.count() == 1


@pytest.mark.parametrize(
    ("release", "message"),
    [
        ("when_paid", "1 delivery is off hold and waits for its payment."),
        ("by_merchant", "1 delivery is off hold. To send it, press “Hand off now”."),
        ("on_placing", "1 delivery is off hold and waits until the shop releases it."),
    ],
)
def test_what_it_waits_for_then_is_said(
    admin_client: Client, change_settings: Any, release: str, message: str, bystanders: Bystanders
) -> None:
    change_settings(RELEASE=release)
    delivery = waiting_for_payment()
    hold_delivery(delivery)
    assert send(admin_client, "let_go_on", delivery) == [message]
    assert seen_again(delivery) == ("placed", "")


def test_that_it_is_on_hold_again_is_said_with_the_reason(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = make_delivery()
    hold_delivery(delivery)
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [])
    [message] = send(admin_client, "let_go_on", delivery)
    assert message == f"1 delivery is on hold again. {Reason.NO_PARCELS.label} {Reason.NO_PARCELS.advice}"


def test_that_the_shop_still_says_it_is_not_paid_is_said(admin_client: Client) -> None:
    delivery = make_delivery(order=make_order(), state="held", reason="not_paid")
    [message] = send(admin_client, "let_go_on", delivery)
    assert message.startswith("1 delivery is released, but the shop still says that it is not paid")


@pytest.mark.parametrize(("name", "refusal"), [("hold", NOTHING_TO_HOLD), ("let_go_on", NOT_ON_HOLD)])
def test_where_there_is_nothing_to_do_that_is_said(
    admin_client: Client, name: str, refusal: str, bystanders: Bystanders
) -> None:
    delivery = make_delivery(state="cancelled")
    assert said(admin_client.get(url(name, delivery), follow=True)) == [refusal]
    assert send(admin_client, name, delivery, note="x") == [refusal]
    assert said(select(admin_client, name, delivery)) == [refusal]


def test_where_somebody_was_faster_that_is_said(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = waiting_for_payment()
    hold_delivery(delivery)
    monkeypatch.setattr("deliver_to_po.admin.holding.resume_delivery", lambda *args, **kwargs: False)
    assert send(admin_client, "let_go_on", delivery) == [NOT_ON_HOLD]


def test_a_selection_is_asked_about_once_and_told_by_what_came_of_it(
    admin_client: Client, bystanders: Bystanders
) -> None:
    first, second, done = waiting_for_payment(), waiting_for_payment(), make_delivery(state="cancelled")
    chosen = make_delivery(state="needs_choice", reason="office_gone")
    page = BeautifulSoup(select(admin_client, "hold", first, second, done, chosen).content, "html.parser")
    form = page.select_one("form.d2po-change")
    assert form is not None
    assert "1 of those you selected stays as it is." in form.get_text()
    sent = {key for field in form.select("input[name=chosen]") for key in str(field["value"]).split(",")}
    assert sent == {str(delivery.pk) for delivery in (first, second, chosen)}
    assert form.select_one("input[name=action]")["value"] == "hold"  # type: ignore[index]
    messages = said(select(admin_client, "hold", first, second, chosen, note="x", **{CONFIRMED: "1"}))
    assert sorted(messages) == [
        "1 delivery needs a post office first: once that is chosen, it is put on hold.",
        "2 deliveries are on hold: nothing of them is sent until you let them go on.",
    ]
    assert [seen_again(row)[0] for row in (first, second, done, chosen)] == [
        "held",
        "held",
        "cancelled",
        "needs_choice",
    ]


def test_in_french(admin_client: Client) -> None:
    delivery = waiting_for_payment()
    page = html.unescape(admin_client.get(url("hold", delivery), HTTP_ACCEPT_LANGUAGE="fr").content.decode())
    for text in ("Mettre en attente", "Motif", "Rien de ce qui n’est pas encore envoyé"):
        assert text in page
    form = {CONFIRMED: "1", "note": "x"}
    response = admin_client.post(url("hold", delivery), form, follow=True, HTTP_ACCEPT_LANGUAGE="fr")
    assert said(response) == [
        "1 livraison est en attente\N{NO-BREAK SPACE}: rien n’en est envoyé tant que vous ne la laissez pas reprendre."
    ]


@pytest.mark.parametrize("name", ["hold", "let_go_on"])
@pytest.mark.parametrize("permissions", [("view_delivery", "hand_off_delivery"), ("hold_delivery",)])
def test_only_those_who_may_look_and_hold(clerk: Clerk, name: str, permissions: tuple[str, ...]) -> None:
    delivery = make_delivery(state="held", reason="shop_error")
    client = clerk(*permissions)
    assert client.get(url(name, delivery)).status_code == 403
    assert client.post(url(name, delivery), {CONFIRMED: "1", "note": "x"}).status_code == 403
    assert seen_again(delivery) == ("held", "shop_error")


def test_to_those_who_may_not_nothing_is_offered(clerk: Clerk) -> None:
    delivery = make_delivery(state="held", reason="shop_error")
    client = clerk("view_delivery", "hand_off_delivery")
    assert hold_buttons(client, delivery) == []
    select(client, "let_go_on", delivery, **{CONFIRMED: "1"})
    assert seen_again(delivery) == ("held", "shop_error")


def test_those_who_may_need_no_other_permission_than_to_look(clerk: Clerk) -> None:
    delivery = make_delivery(state="held", reason="on_hold")
    client = clerk("view_delivery", "hold_delivery")
    assert hold_buttons(client, delivery) == ["Let it go on"]
    assert send(client, "let_go_on", delivery) == [PAID]


def test_a_form_of_another_site_does_nothing(admin_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    delivery = waiting_for_payment()
    assert client.post(url("hold", delivery), {CONFIRMED: "1", "note": "x"}).status_code == 403
    assert seen_again(delivery) == ("placed", "")


@pytest.mark.parametrize("name", ["hold", "let_go_on"])
def test_a_draft_is_not_found(admin_client: Client, name: str) -> None:
    assert admin_client.get(url(name, make_draft())).status_code == 404


@pytest.mark.parametrize("reason", ["on_hold", "shop_hold", "changed", "not_for_post_office"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_advice_names_the_button_by_its_label(admin_client: Client, reason: str, language: str) -> None:
    delivery = make_delivery(state="held", reason=reason)
    page = admin_client.get(url("delivery_change", delivery), HTTP_ACCEPT_LANGUAGE=language).content.decode()
    text = BeautifulSoup(page, "html.parser")
    [button] = [link.get_text(strip=True) for link in text.select(f'a[href="{url("let_go_on", delivery)}"]')]
    assert button in text.select_one(".d2po-reason").get_text()  # type: ignore[union-attr]
