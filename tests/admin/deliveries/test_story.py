"""What a delivery's page says first, and its history by time, in both languages."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from deliver_to_po.admin.deliveries.story import AT_MOST, story_of
from deliver_to_po.core.choices import (
    Change,
    DeliveryState,
    HandoffStep,
    NoticeKind,
    NoticeOutcome,
    Outcome,
    Reason,
    ShipmentState,
)
from deliver_to_po.models import Attempt, Delivery, History, Notice
from tests.admin.browsing import page_of, url
from tests.factories import make_delivery, make_order, make_shipment

pytestmark = pytest.mark.django_db


def test_where_a_clerk_releases_the_page_says_that_the_order_is_not_paid(change_settings: Any) -> None:
    placed = make_delivery(state=DeliveryState.PLACED, order=make_order())
    assert "Not paid, says the shop." not in story_of(placed).standing.why
    change_settings(RELEASE="by_merchant")
    assert "Not paid, says the shop." in story_of(placed).standing.why


def test_only_the_newest_revision_counts_for_what_happens_next() -> None:
    delivery = make_delivery()
    make_shipment(delivery, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    make_shipment(delivery, revision=2, state=ShipmentState.LABELLED)
    assert "Correct what is named" not in " ".join(story_of(delivery).standing.follows)


def test_changes_attempts_and_emails_stand_in_one_history_newest_first() -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    shipment = make_shipment(delivery, state=ShipmentState.REFUSED, parcel=2, revision=3)
    Delivery.objects.filter(pk=delivery.pk).update(created_at=timezone.now() - timedelta(days=3))
    delivery.refresh_from_db()
    change = History.objects.create(delivery=delivery, change=Change.NEED_CHOICE, note="called")
    Attempt.objects.create(shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.REFUSED, status=400)
    sent = {"outcome": NoticeOutcome.SENT, "sent_at": timezone.now() + timedelta(minutes=1)}
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=change.pk, **sent)
    told = story_of(delivery).timeline
    assert [entry.at for entry in told] == sorted((entry.at for entry in told), reverse=True)
    assert told[0].words == "e-mail: request to choose a post office (sent)"
    assert told[-1].words == "the choice of a post office begins"
    assert {"create shipment: refused", "another post office needed"} <= {entry.words for entry in told}
    assert "HTTP 400" in {entry.more for entry in told}
    assert {entry.parcel for entry in told} == {"", "parcel 2, revision 3"}
    with translation.override("fr"):
        told = story_of(delivery).timeline
        assert told[-1].words == "le choix d’un bureau de poste commence"
        assert "création de l’envoi\N{NO-BREAK SPACE}: refusé" in {entry.words for entry in told}


def test_what_the_buyer_did_says_so() -> None:
    delivery = make_delivery()
    for change, reason in ((Change.CORRECT_RECIPIENT, Reason.BY_BUYER), (Change.BUYER_ASKS, Reason.BUYER_CANCELS)):
        History.objects.create(delivery=delivery, change=change, reason=reason)
    History.objects.create(delivery=delivery, change=Change.RESUME)
    told = {entry.words: entry.who for entry in story_of(delivery).timeline}
    assert (told["recipient corrected"], told["request of the buyer"]) == ("the buyer", "the buyer")
    assert told["resumed"] == "the shop (automatically)"


def test_a_long_history_is_cut_and_says_so() -> None:
    shipment = make_shipment()
    Attempt.objects.bulk_create(
        Attempt(shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.THROTTLED) for _ in range(AT_MOST)
    )
    story = story_of(shipment.delivery)
    assert len(story.timeline) == AT_MOST
    assert story.cut


def test_the_page_says_it_first_and_folds_the_rest(admin_client: Client) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    History.objects.create(delivery=delivery, change=Change.HOLD, note="<b>no markup</b>")
    page = page_of(admin_client, url("delivery_change", delivery))
    headings = [heading.get_text(" ", strip=True) for heading in page.select("#content h2")]
    order = ["● To print", "Shipments", "Change something", "What happened"]
    assert sorted(order, key=headings.index) == order
    assert len(page.select(".d2po-primary")) == 1
    assert not page.select("details[open]")
    assert not page.select(".d2po-timeline b")


def test_it_stands_before_the_form_whatever_theme_the_admin_has(
    admin_client: Client, settings: Any, tmp_path: Path
) -> None:
    theme = tmp_path / "admin" / "change_form.html"
    theme.parent.mkdir()
    theme.write_text("{% block content %}<form></form>{% endblock %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}, *settings.TEMPLATES[1:]]
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    [story] = page_of(admin_client, url("delivery_change", delivery)).select(".d2po-story")
    assert story.find_next_sibling("form") is not None
    assert [heading.get_text(" ", strip=True) for heading in story.select("h2")] == ["● To print"]
    assert len(story.select(".d2po-primary")) == 1


def test_while_it_is_being_cancelled_nothing_is_to_be_corrected_printed_or_waited_for() -> None:
    fields: dict[str, Any] = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_GONE}
    delivery = make_delivery(**fields, stop_asked_at=timezone.now())
    later = timezone.now() + timedelta(days=1)
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion="1", due_at=later)
    make_shipment(delivery, state=ShipmentState.REFUSED, reason=Reason.INVALID)
    make_shipment(delivery, parcel=2, state=ShipmentState.LABELLED)
    make_shipment(delivery, parcel=3, state=ShipmentState.VOIDING)
    standing = story_of(delivery).standing
    asked, voided = standing.follows
    assert asked == "Cancellation has been requested. The delivery will be cancelled as soon as nothing is in progress."
    assert voided.startswith("Parcel 3 is voided automatically.")
    assert (standing.word, standing.cures) == ("being cancelled", ())
