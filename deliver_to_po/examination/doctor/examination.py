"""The whole examination, in the order in which one thing needs the other."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.carrier import canada_post_over
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.doctor import questions, without_calls
from deliver_to_po.examination.doctor.background import background
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.hearing import Heard, ListeningTransport
from deliver_to_po.examination.doctor.recording import ask_more
from deliver_to_po.examination.doctor.remedies import Asked
from deliver_to_po.examination.doctor.storage import storage
from deliver_to_po.examination.doctor.tables import tables


def examine(near: str, language: Language, heard: list[Heard], *, recording: bool) -> Iterator[Finding]:
    """Yield each finding as soon as it is known, and add every answer of Canada Post to ``heard``.

    ``near`` is a postal code as on the wire, or ``""`` for where parcels leave from. With ``recording`` a few more
    questions are asked, whose answers are only for the record.
    """
    messages = without_calls.checks()
    yield from without_calls.settings(messages)
    if without_calls.forbid_calls(messages):
        yield Finding(_("Canada Post"), Verdict.NOT_ASKED, _("not before the settings above are right"))
        return
    yield from tables()
    yield from background()
    yield storage()
    yield without_calls.environment()
    origin, finding = without_calls.ship_from()
    yield finding
    near = near or origin or without_calls.OTTAWA
    client = canada_post_over(partial(ListeningTransport, hear=heard.append), language)
    asked = Asked(app_settings.canada_post, recording=recording)
    yield from _ask(questions.Examination(client, asked, near, origin or near, heard))
    yield without_calls.clock(heard)


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
