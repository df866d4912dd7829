"""An attempt's outcome in words for a clerk."""

import pytest

from deliver_to_po.admin.outcomes import ERRORS, outcome_words
from deliver_to_po.canadapost import errors
from deliver_to_po.choices import HandoffStep
from deliver_to_po.models import Attempt

pytestmark = pytest.mark.order_model


@pytest.mark.parametrize(
    ("step", "outcome", "words"),
    [
        (HandoffStep.CHECK, "no_longer", "no longer takes parcels"),
        (HandoffStep.CREATE, "created", "made"),
        (HandoffStep.CREATE, "other", "made, with another status at Canada Post"),
        (HandoffStep.CREATE, "lost", "the answer never came"),
        (HandoffStep.CREATE, "Throttled", "asked us to slow down"),
        (HandoffStep.LOOK_UP, "0", "0 shipments found"),
        (HandoffStep.LOOK_UP, "1", "1 shipment found"),
        (HandoffStep.LABEL, "application/pdf", "application/pdf"),
        (HandoffStep.CREATE, "something new", "something new"),
    ],
)
def test_an_outcome_is_said_in_words(step: HandoffStep, outcome: str, words: str) -> None:
    assert outcome_words(Attempt(step=step, outcome=outcome)) == words


def test_every_error_has_words() -> None:
    assert set(ERRORS) == set(errors.CanadaPostError.__subclasses__())
