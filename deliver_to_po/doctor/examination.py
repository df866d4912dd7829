"""The whole examination, in the order in which one thing needs the other."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.carrier import canada_post_over
from deliver_to_po.conf import app_settings
from deliver_to_po.doctor import questions, surroundings
from deliver_to_po.doctor.background import background
from deliver_to_po.doctor.finding import Finding, Verdict
from deliver_to_po.doctor.hearing import Heard, ListeningTransport
from deliver_to_po.doctor.recording import ask_more
from deliver_to_po.doctor.remedies import Asked


def examine(near: str, language: Language, heard: list[Heard], *, recording: bool) -> Iterator[Finding]:
    """Yield each finding as soon as it is known, and add every answer of Canada Post to ``heard``.

    ``near`` is a postal code as on the wire, or ``""`` for where parcels leave from. With ``recording`` a few more
    questions are asked, whose answers are only for the record.
    """
    messages = surroundings.checks()
    yield from surroundings.settings(messages)
    if surroundings.forbid_calls(messages):
        yield Finding(_("Canada Post"), Verdict.NOT_ASKED, _("not before the settings above are right"))
        return
    yield from background()
    yield surroundings.environment()
    origin, finding = surroundings.ship_from()
    yield finding
    near = near or origin or surroundings.OTTAWA
    client = canada_post_over(partial(ListeningTransport, hear=heard.append), language)
    asked = Asked(app_settings.canada_post, recording=recording)
    yield from _ask(questions.Examination(client, asked, near, origin or near, heard))
    yield surroundings.clock(heard)


def _ask(examination: questions.Examination) -> Iterator[Finding]:
    found, may_go_on = questions.contact(examination)
    yield from found
    if not may_go_on:
        return
    known_at_once = examination.known
    yield from questions.shipping(examination)
    yield questions.option(examination)
    yield questions.prices(examination)
    yield from questions.outages(examination)
    if not known_at_once:
        yield questions.credentials(examination)
    if examination.asked.recording:
        ask_more(examination.client, examination.near)
