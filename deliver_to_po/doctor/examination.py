"""The whole examination: what other findings depend on comes first."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.carrier import canada_post_over
from deliver_to_po.conf import app_settings
from deliver_to_po.doctor import questions, surroundings
from deliver_to_po.doctor.finding import Finding, Verdict
from deliver_to_po.doctor.listening import Heard, ListeningTransport
from deliver_to_po.doctor.recording import ask_more


def examine(postal_code: str, language: Language, heard: list[Heard], *, thoroughly: bool) -> Iterator[Finding]:
    """Yield each finding as soon as it is known, and add every answer of Canada Post to ``heard``.

    ``postal_code`` is where to look for offices, without a space; if it is ``""``, that is where parcels leave from.
    ``thoroughly`` asks a few more questions, because a recording is wanted.
    """
    messages = surroundings.checks()
    yield from surroundings.settings(messages)
    if surroundings.forbid_calls(messages):
        yield Finding(_("Canada Post"), Verdict.NOT_ASKED, _("not before the settings above are right"))
        return
    yield surroundings.environment()
    origin, finding = surroundings.ship_from()
    yield finding
    postal_code = postal_code or origin or surroundings.OTTAWA
    client = canada_post_over(partial(ListeningTransport, hear=heard.append), language)
    connection = questions.Connection(client, app_settings.canada_post, postal_code, origin or postal_code, heard)
    found, may_go_on = questions.contact(connection)
    yield from found
    if may_go_on:
        yield questions.shipping(connection)
        yield questions.option(connection)
        yield questions.prices(connection)
        yield from questions.outages(connection)
        if thoroughly:
            ask_more(client, postal_code)
    yield surroundings.clock(heard)
