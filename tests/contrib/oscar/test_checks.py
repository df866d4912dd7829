"""``manage.py check`` names what an Oscar shop has not wired, and is content with both shops."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import include, path
from django.views.generic import View
from oscar.apps.checkout import mixins, session
from oscar.apps.shipping import repository

from deliver_to_po.contrib.oscar import checks
from deliver_to_po.contrib.oscar.adapter import OscarAdapter
from deliver_to_po.contrib.oscar.placement import PostOfficeOrderPlacement

CORE = {
    "CheckoutSessionMixin": session.CheckoutSessionMixin,
    "OrderPlacementMixin": mixins.OrderPlacementMixin,
    "Repository": repository.Repository,
}
EVERY: list[Any] = [check for name, check in vars(checks).items() if name.startswith("check_")]


def test_the_shop_is_in_order() -> None:
    assert len(EVERY) == 6
    assert [message for check in EVERY for message in check()] == []


def test_a_fork_that_is_missing_is_named_with_what_to_mix_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "get_class", lambda module, name: getattr(CORE[name], "__base__", None) and object)
    found = checks.check_forks()
    assert [message.id for message in found] == [f"deliver_to_po_oscar.E00{number}" for number in (1, 2, 3)]
    assert "deliver_to_po.contrib.oscar.session.PostOfficeSession" in str(found[0].hint)


@pytest.mark.parametrize(
    ("written", "lacking"), [((), ["sender", "box_cm", "fallback_price"]), (("ship_from", "parcels", "price"), [])]
)
def test_an_adapter_that_says_too_little_is_named(
    monkeypatch: pytest.MonkeyPatch, written: tuple[str, ...], lacking: list[str]
) -> None:
    methods: dict[str, Any] = dict.fromkeys(written, lambda *args: None)
    monkeypatch.setattr(checks, "order_adapter", type("Own", (OscarAdapter,), methods))
    assert [message.msg for message in checks.check_adapter()] == [f"Own has no {told}." for told in lacking]


def test_an_adapter_that_cannot_be_made_is_left_to_the_apps_own_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "order_adapter", type("Own", (OscarAdapter,), {"__init__": lambda self, shop: None}))
    assert [*checks.check_adapter(), *checks.check_statuses()] == []


@pytest.mark.parametrize(
    ("statuses", "cancelling", "ids"),
    [
        ({"Reçue": ("Annulée",), "Annulée": ()}, ("Cancelled",), ["deliver_to_po_oscar.W009"]),
        ({"Reçue": ("Annulée",)}, ("Cancelled", "Annulée"), []),
        ({"Annulée": ()}, ("Annulée",), []),
        ({}, ("Cancelled",), []),
        ({"Reçue": ()}, (), []),
    ],
    ids=["none cancels", "one is reached", "one is named", "no pipeline", "the shop cancels by itself"],
)
@pytest.mark.parametrize("pipeline", ["OSCAR_ORDER_STATUS_PIPELINE", "OSCAR_LINE_STATUS_PIPELINE"])
def test_statuses_of_which_none_cancels_are_said(
    settings: Any, monkeypatch: pytest.MonkeyPatch, statuses: Any, cancelling: Any, ids: list[str], pipeline: str
) -> None:
    settings.OSCAR_ORDER_STATUS_PIPELINE = settings.OSCAR_LINE_STATUS_PIPELINE = {}
    setattr(settings, pipeline, statuses)
    monkeypatch.setattr(checks, "order_adapter", type("Own", (OscarAdapter,), {"cancelling_statuses": cancelling}))
    found = checks.check_statuses()
    assert [message.id for message in found] == ids
    assert all(pipeline in message.msg for message in found)


def test_an_app_below_oscar_is_said(settings: Any) -> None:
    ours = "deliver_to_po.contrib.oscar"
    settings.INSTALLED_APPS = [*(app for app in settings.INSTALLED_APPS if app != ours), ours]
    assert [message.id for message in checks.check_preview()] == ["deliver_to_po_oscar.E006"]


OURS, END = "{% extends 'oscar/checkout/preview.html' %}", "{% endblock %}"
# As Oscar's own template says, a card's form is sent once more.
CARD, SUPER = "{% block hiddenforms %}{{ bankcard_form.as_p }}", "{{ block.super }}"
FORM = "{% block place_order %}<form>"
FIELDS = '<input name="seen"><input name="total">'


@pytest.mark.parametrize(
    ("written", "sends"),
    [
        (OURS, True),
        ("<form>", False),
        (OURS + CARD + SUPER + END, True),
        (OURS + CARD + END, False),
        (OURS + CARD + FIELDS + END, True),
        (OURS + CARD + "{% include 'fields.html' %}" + END, True),
        (OURS + CARD + "{% if not True %}{% include 'none.html' %}{% endif %}" + SUPER + END, True),
        (OURS + FORM + CARD + SUPER + END + END, True),
        (OURS + FORM + CARD + END + END, False),
        (OURS + FORM + END + SUPER, False),
    ],
)
def test_a_preview_of_the_shops_own_shows_the_fields_of_ours(
    settings: Any, tmp_path: Path, written: str, sends: bool
) -> None:
    preview = tmp_path / checks.PREVIEW
    preview.parent.mkdir(parents=True)
    preview.write_text(written)
    (tmp_path / "fields.html").write_text(FIELDS)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert [message.id for message in checks.check_preview()] == ["deliver_to_po_oscar.E006"] * (not sends)


def test_a_preview_that_does_not_send_its_total_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_sources_of_preview", lambda: iter(['<input type="hidden" name="seen">']))
    assert 'name="total"' in checks.check_preview()[0].msg


def test_requests_that_are_one_transaction_are_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert [message.id for message in checks.check_transactions()] == ["deliver_to_po_oscar.W007"]


class AnswersAtCheckout(PostOfficeOrderPlacement, View):
    """Where a payment page sends a buyer back to."""


@pytest.mark.parametrize(("anonymous", "ids"), [(False, ["deliver_to_po_oscar.W008"]), (True, [])])
def test_an_answer_that_is_heard_only_of_who_has_signed_in_is_said(
    settings: Any, monkeypatch: pytest.MonkeyPatch, anonymous: bool, ids: list[str]
) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = anonymous
    config: Any = apps.get_app_config("checkout")
    # As Oscar's documentation adds a page, among those of a payment provider.
    page = path("answer/", AnswersAtCheckout.as_view(), name="answer")
    monkeypatch.setattr(config, "get_urls", lambda: config.post_process_urls([path("provider/", include([page]))]))
    found = checks.check_answers()
    assert [message.id for message in found] == ids
    assert all("checkout:answer " in message.msg for message in found)
