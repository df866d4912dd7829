"""The whole examination, in the order in which one thing needs the other."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.carrier import canada_post_over
from deliver_to_po.conf import app_settings
from deliver_to_po.doctor import questions, surroundings
from deliver_to_po.doctor.finding import Finding, Verdict
from deliver_to_po.doctor.hearing import Heard, ListeningTransport
from deliver_to_po.doctor.recording import ask_more


def examine(near: str, language: Language, heard: list[Heard], *, thoroughly: bool) -> Iterator[Finding]:
    """Yield each finding as soon as it is known; every answer of Canada Post's is added to ``heard``.

    ``near`` is a postal code as on the wire, or ``""`` for where parcels leave from. ``thoroughly`` asks a little more,
    whose answers are worth recording.
    """
    messages = surroundings.checks()
    yield from surroundings.settings(messages)
    if surroundings.forbid_calls(messages):
        yield Finding(_("Canada Post"), Verdict.NOT_ASKED, _("not before the settings above are right"))
        return
    yield surroundings.environment()
    origin, finding = surroundings.ship_from()
    yield finding
    near = near or origin or surroundings.OTTAWA
    client = canada_post_over(partial(ListeningTransport, hear=heard.append), language)
    patient = questions.Patient(client, app_settings.canada_post, near, origin or near, heard)
    found, may_go_on = questions.contact(patient)
    yield from found
    if may_go_on:
        yield questions.shipping(patient)
        yield questions.option(patient)
        yield questions.prices(patient)
        yield from questions.outages(patient)
        if thoroughly:
            ask_more(client, near)
    yield surroundings.clock(heard)
