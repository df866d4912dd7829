"""What is said of a label that is not in a file, by where it stands."""

import pytest
from django.contrib.auth.models import User

from deliver_to_po.admin.printing.label_words import WHY_NOT, why_not
from deliver_to_po.handoff.printing.label_state import LabelState
from deliver_to_po.models import PrintJob
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


def test_each_state_of_a_label_has_its_words() -> None:
    assert set(WHY_NOT) == set(LabelState)
    assert why_not(make_shipment(), LabelState.ERASED) == "The recipient and the label are erased."


def test_of_a_label_that_another_clerk_has_it_is_said_who(admin_user: User) -> None:
    shipment = make_shipment(print_job=PrintJob.objects.create(user=admin_user))
    assert why_not(shipment, LabelState.TAKEN).startswith("admin has had it in a print job since")
    assert why_not(make_shipment(), LabelState.TAKEN).startswith("It is in another print job")
