"""The recipient of a draft: where it is saved, and that it is never lost."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.checkout.choice import Choice, Visitor
from deliver_to_po.checkout.choosing import choose
from deliver_to_po.checkout.recipients.recipient import name_recipient, save_recipient, with_office
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.errors import DraftIncomplete, DraftUnknown
from deliver_to_po.models import Delivery
from tests.factories import RECIPIENT, make_draft
from tests.offices.conftest import over_the_limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_saving_the_recipient_lets_the_draft_live_on() -> None:
    draft = make_draft(recipient_name="", expires_at=timezone.now() + timedelta(minutes=1))
    save_recipient(draft, RECIPIENT)
    assert draft.recipient == RECIPIENT
    assert draft.expires_at > timezone.now() + timedelta(days=1)


def test_naming_the_recipient_confirms_the_office(offered: list[str]) -> None:
    draft = choose(Choice(), offered[0])
    assert name_recipient(Choice(draft=draft), RECIPIENT) == OfficeCheck.TAKES_PARCELS
    kept = Delivery.objects.get(pk=draft.pk)
    assert (kept.recipient, kept.office_check) == (RECIPIENT, OfficeCheck.TAKES_PARCELS)


@pytest.mark.parametrize("state", [DeliveryState.DRAFT, DeliveryState.RESERVED])
def test_the_language_is_the_one_in_which_the_recipient_was_named(
    offered: list[str], state: DeliveryState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Choice, "may_be_another", True)
    choice = Choice(draft=make_draft(office_id=offered[0], language="fr", state=state))
    with override("en-ca"):
        name_recipient(choice, RECIPIENT)
    assert choice.draft is not None
    assert Delivery.objects.get(pk=choice.draft.pk).language == "en"


def test_who_asks_too_often_loses_no_recipient(offered: list[str]) -> None:
    draft = choose(Choice(), offered[0])
    assert (
        name_recipient(Choice(draft=draft, visitor=Visitor(check=over_the_limit)), RECIPIENT) == OfficeCheck.NOT_ASKED
    )
    assert Delivery.objects.get(pk=draft.pk).recipient == RECIPIENT


def test_without_a_draft_or_without_an_office_nobody_can_be_named() -> None:
    with pytest.raises(DraftUnknown):
        with_office(None)
    with pytest.raises(DraftIncomplete):
        with_office(make_draft(office_id=""))
