"""The check of a chosen office has four answers."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices import directory
from deliver_to_po.offices.check import check_office

pytestmark = pytest.mark.django_db


def test_an_office_that_canada_post_offers_takes_parcels(office: PostOffice) -> None:
    assert check_office(office, "en") == OfficeCheck.TAKES_PARCELS
    assert directory.offered_within(office.office_id, timedelta(minutes=1))


@pytest.mark.parametrize(("how", "answer"), [("no_longer", OfficeCheck.NO_LONGER), ("gone", OfficeCheck.GONE)])
def test_an_office_that_stopped_is_told_from_one_that_is_gone(
    emulator: EmulatorServer, office: PostOffice, how: Any, answer: str
) -> None:
    check_office(office, "en")
    emulator.state.close_office(office.office_id, how)
    assert check_office(office, "en") == answer
    assert not directory.offered_within(office.office_id, timedelta(days=7))


@pytest.mark.parametrize("operation", ["find_offices", "office_details"])
@pytest.mark.parametrize("fault", ["500", "garbage", "reset", "429", "401"])
def test_whatever_else_is_answered_means_it_could_not_be_asked(
    emulator: EmulatorServer, office: PostOffice, operation: str, fault: str
) -> None:
    emulator.state.close_office(office.office_id, "no_longer")
    emulator.faults.add(operation, fault, count=None)
    assert check_office(office, "en") == OfficeCheck.COULD_NOT_ASK


def test_an_office_without_coordinates_is_looked_for_near_its_postal_code(office: PostOffice) -> None:
    assert check_office(dataclasses.replace(office, coordinates=None), "en") == OfficeCheck.TAKES_PARCELS
