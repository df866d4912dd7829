"""What a shop's pages ask of the buyer's session, and what the step does with a shop that answers nonsense."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from deliver_to_po import errors, shop
from deliver_to_po.adapter import RecipientSuggestion, order_adapter
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.recipients.as_suggested import note_as_suggested
from deliver_to_po.checkout.session import REVIEWED, SESSION_KEY, remember_draft
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from tests.bystanders import Bystanders
from tests.factories import PARCEL, RECIPIENT, TYPED, held, make_draft, make_pause
from tests.shop.buying import order_first, payment_came, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


@pytest.fixture(autouse=True)
def _no_basket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop keep no prices, and mail what these visits have in their baskets, which is nothing."""
    monkeypatch.setattr(type(order_adapter()), "keeps_prices", False)
    monkeypatch.setattr(type(order_adapter()), "mailable", lambda _self, _cart: "")


def visit(draft: Delivery | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    if draft:
        remember_draft(request, draft)
    return request


def test_a_choice_that_the_shop_forgets_is_not_reviewed_again() -> None:
    request = visit(make_draft())
    shop.review(request)
    shop.forget_choice(request)
    with pytest.raises(errors.ChoiceRequired):
        shop.review(request)


def test_a_review_follows_the_shop_where_its_suggestion_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    request, other = visit(make_draft()), visit(make_draft())
    note_as_suggested(request, RECIPIENT)
    suggested = {**TYPED, "email": "new@example.com"}
    monkeypatch.setattr(
        type(order_adapter()), "recipient", lambda _self, _request: RecipientSuggestion(**suggested), raising=False
    )
    assert shop.review(other).draft.recipient == RECIPIENT, "this one was typed"
    assert shop.review(request).draft.recipient == replace(RECIPIENT, email="new@example.com")
    request.__dict__.pop(REVIEWED)
    suggested["email"] = "new@exam"
    assert shop.review(request).draft.recipient_email == "new@example.com"
    request.__dict__.pop(REVIEWED)
    suggested["email"] = "newest@example.com"
    reviewed = shop.review(request)
    assert Delivery.objects.get(pk=reviewed.draft.pk).recipient_email == "newest@example.com"
    assert reviewed.seen == fingerprint(reviewed.draft)


def test_what_is_being_paid_for_keeps_its_recipient(monkeypatch: pytest.MonkeyPatch) -> None:
    request = visit(reserve(make_draft()))
    note_as_suggested(request, RECIPIENT)
    suggested = RecipientSuggestion(**{**TYPED, "email": "new@example.com"})
    monkeypatch.setattr(type(order_adapter()), "recipient", lambda _self, _request: suggested, raising=False)
    assert shop.review(request).draft.recipient == RECIPIENT


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_review_shows_the_choice_in_the_active_language_and_what_to_send_along(language: str) -> None:
    draft = make_draft(language="en")
    with translation.override(language):
        seen = shop.review(visit(draft))
    assert (seen.draft, seen.seen, seen.order) == (draft, fingerprint(draft), None)
    assert (seen.summary.language, seen.summary.recipient_name) == (language, RECIPIENT.name)


def test_what_is_being_paid_for_is_not_shared_with_a_cart_of_the_same_price(monkeypatch: pytest.MonkeyPatch) -> None:
    parcels = {"first": [PARCEL], "second": [PARCEL, PARCEL], "unknown": None}
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda _self, cart: parcels[cart])
    draft = make_draft()
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="first")
    for cart, shared in (("first", True), ("unknown", True), ("second", False)):
        monkeypatch.setattr(type(order_adapter()), "cart", lambda _self, _request, cart=cart: cart)
        request = visit(draft)
        reviewed = shop.review(request).draft
        assert (reviewed.pk == draft.pk) is shared
        assert request.session[SESSION_KEY][0] == str(reviewed.pk)
    assert (reviewed.state, reviewed.office_id) == ("draft", draft.office_id)


def test_a_visitor_who_comes_again_with_the_session_of_a_payment_has_no_copy_stored_each_time(
    monkeypatch: pytest.MonkeyPatch, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1, TRUSTED_PROXIES=0)
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda _self, cart: [PARCEL] * cart)
    monkeypatch.setattr(type(order_adapter()), "cart", lambda _self, _request: 2)
    draft = make_draft()
    shop.reserve(draft.pk, seen=fingerprint(draft), cart=1)
    with pytest.raises(errors.TooManySearches):
        list(map(shop.review, (visit(draft) for _time in range(2))))


def test_what_an_earlier_press_placed_is_reviewed_with_its_order() -> None:
    bought = order_first(make_draft())
    assert shop.review(visit(bought.delivery)).order == bought.order
    assert shop.review(visit(payment_came(make_draft().pk).delivery)).order != bought.order


def test_what_was_paid_for_in_another_session_is_shown_once_and_then_the_buyer_chooses_anew(
    bystanders: Bystanders,
) -> None:
    request = visit(reserve(make_draft()))
    bought = payment_came(shop.draft_id_of(request))
    assert [shop.review(request).order for _ in range(2)] == [bought.order] * 2
    assert shop.draft_id_of(request) == ""
    after = visit()
    after.session = request.session
    with pytest.raises(errors.ChoiceRequired):
        shop.review(after)
    # The next purchase is a draft of its own, and shows no order of before.
    remember_draft(request, make_draft())
    assert shop.review(request).order is None
    assert shop.draft_id_of(request) != ""


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"recipient_name": ""}, errors.DraftIncomplete),
        ({"office_check": OfficeCheck.GONE}, errors.OfficeNoLongerTakesParcels),
    ],
)
def test_the_review_refuses_what_could_not_be_placed(
    fields: dict[str, str], error: type[Exception], bystanders: Bystanders
) -> None:
    with pytest.raises(error):
        shop.review(visit(make_draft(**fields)))


@pytest.mark.parametrize("cart", ["a cart", None, RuntimeError()])
def test_the_review_refuses_a_cart_that_goes_to_no_post_office(
    cart: Any, shop_says: Any, bystanders: Bystanders
) -> None:
    def cart_of(request: HttpRequest) -> Any:
        if isinstance(cart, Exception):
            raise cart
        return cart

    shop_says("cart", cart_of)
    shop_says("parcels", lambda asked: [replace(PARCEL, weight_kg=Decimal(31))] if asked == "a cart" else [])
    request = visit(make_draft())
    if cart != "a cart":
        assert shop.review(request).order is None
        return
    with pytest.raises(errors.NotMailable) as caught:
        shop.review(request)
    shop_says("home_delivery_url", "/by-truck/")
    page = Client().get(caught.value.url).content.decode()
    assert str(caught.value) in page
    assert "/by-truck/" in page


def test_without_a_choice_there_is_nothing_to_review(bystanders: Bystanders) -> None:
    with pytest.raises(errors.ChoiceRequired) as caught:
        shop.review(visit())
    assert caught.value.url == "/post-office/?problem=choice_required"


@pytest.mark.parametrize("kept", ["nonsense", None, [1, 2], ["one"]])
def test_a_session_that_holds_nonsense_holds_no_choice(kept: Any, bystanders: Bystanders) -> None:
    request = visit()
    request.session[SESSION_KEY] = kept
    assert (shop.draft_of(request), shop.draft_id_of(request), shop.client_secret_of(request)) == (None, "", "")
    with pytest.raises(errors.ChoiceRequired):
        shop.review(request)


@pytest.fixture
def client_with_office() -> Client:
    """Return a browser whose buyer has chosen a post office and named nobody yet."""
    client, draft = Client(), make_draft(**dict.fromkeys(RECIPIENT_FIELDS, ""))
    session = client.session
    session[SESSION_KEY] = held(draft)
    session.save()
    return client


def fails(_: Any) -> Any:
    raise RuntimeError("canary")


@pytest.mark.parametrize("answer", [fails, 5])
@pytest.mark.parametrize(
    ("question", "page"), [("recipient", "deliver_to_po:recipient"), ("postal_code", "deliver_to_po:choose")]
)
def test_the_step_opens_whatever_the_shop_suggests(
    question: str, page: str, answer: Any, shop_says: Any, client_with_office: Client
) -> None:
    shop_says(question, answer)
    client = client_with_office if question == "recipient" else Client()
    assert client.get(reverse(page)).status_code == 200


def test_a_long_suggestion_does_not_make_a_long_page(shop_says: Any, client_with_office: Client) -> None:
    shop_says("recipient", RecipientSuggestion(name="x" * 1_000_000, province="Québec"))
    page = client_with_office.get(reverse("deliver_to_po:recipient")).content.decode()
    assert len(page) < 100_000
    assert '<option value="QC" selected>' in page


@pytest.mark.parametrize("page", ["deliver_to_po:choose", "deliver_to_po:recipient"])
def test_the_step_opens_in_a_shop_without_messages(page: str, settings: Any, client_with_office: Client) -> None:
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "messages" not in path]
    [engine] = settings.TEMPLATES
    processors = [path for path in engine["OPTIONS"]["context_processors"] if "messages" not in path]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": processors}}]
    assert client_with_office.get(reverse(page)).status_code == 200


def test_the_buyer_who_is_sent_back_while_the_option_is_paused_reads_why(client_with_office: Client) -> None:
    make_pause()
    with pytest.raises(errors.OptionPaused) as caught:
        shop.review(visit(make_draft()))
    assert "Strike." in client_with_office.get(caught.value.url).content.decode()
