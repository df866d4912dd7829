"""What is said of a change: each outcome has its words, and those after which a clerk has something to do stand out."""

from django.contrib import messages

from deliver_to_po.admin.changes.outcomes import told_of
from deliver_to_po.handoff.changing.change import Changed


def test_what_a_clerk_has_to_do_something_about_is_a_warning() -> None:
    told = {changed: told_of(changed) for changed in Changed}
    assert all(outcome.more for outcome in told.values())
    assert {changed for changed, outcome in told.items() if outcome.level == messages.WARNING} == {
        Changed.NEEDS_DESTROYED_LABEL,
        Changed.NEEDS_PERSON,
        Changed.NOTHING,
    }
