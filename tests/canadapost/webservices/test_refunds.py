"""Refunds: the request and its ticket."""

from datetime import date

import pytest

from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.webservices import refunds
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import answer


def test_a_refund_has_its_ticket() -> None:
    ticket = refunds.read_ticket("refund", answer(bodies.TICKET))
    assert (ticket.ticket_id, ticket.date) == ("GT12345678RT", date(2026, 11, 26))


def test_a_refund_needs_an_address_to_answer_to() -> None:
    with pytest.raises(InvalidRequest) as caught:
        refunds.build_refund("nobody")
    assert caught.value.field == "email"
