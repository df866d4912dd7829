"""The buyer's session: it holds the id of one draft and its secret, and lets go of one that is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.checkout.session import (
    choice_of,
    client_secret_of,
    draft_id_of,
    draft_of,
    draft_to_change,
    forget_draft,
    remember_draft,
)
from deliver_to_po.errors import DraftExpired, DraftUnknown, WrongSecret
from tests.checkout.test_reviewing import visit
from tests.factories import make_delivery, make_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_a_draft_is_remembered_by_id_and_secret_alone_and_forgotten() -> None:
    draft = make_draft()
    request = visit(draft)
    assert list(request.session.values()) == [[draft_id_of(request), client_secret_of(request)]]
    assert draft_id_of(request) == str(draft.pk)
    assert draft_of(request) == draft
    forget_draft(request)
    assert (draft_id_of(request), client_secret_of(request), draft_of(request)) == ("", "", None)


def test_a_draft_that_is_remembered_again_keeps_its_secret() -> None:
    draft = make_draft()
    request = visit(draft)
    secret = client_secret_of(request)
    remember_draft(request, draft)
    assert client_secret_of(request) == secret
    assert draft_of(request) == draft


def test_a_session_whose_draft_has_another_secret_now_opens_nothing() -> None:
    reserved, placed = make_draft(), make_delivery()
    for row, opens in ((reserved, draft_of), (placed, choice_of)):
        request = visit(row)
        new_secret(row)
        with pytest.raises(WrongSecret):
            opens(request)


def test_an_open_draft_can_be_changed() -> None:
    draft = make_draft()
    request = visit(draft)
    assert draft_to_change(request) == draft
    assert draft_id_of(request) == str(draft.pk)


def test_a_draft_that_has_expired_is_let_go() -> None:
    request = visit(make_draft(expires_at=timezone.now() - timedelta(seconds=1)))
    with pytest.raises(DraftExpired):
        draft_of(request)
    assert draft_to_change(request) is None
    assert draft_id_of(request) == ""


def test_what_was_placed_is_no_draft_and_stays_for_the_review() -> None:
    request = visit(placed := make_delivery())
    with pytest.raises(DraftUnknown):
        draft_of(request)
    assert draft_to_change(request) is None
    assert draft_id_of(request) == str(placed.pk)


def test_without_a_draft_there_is_none_to_change() -> None:
    assert draft_to_change(visit()) is None
