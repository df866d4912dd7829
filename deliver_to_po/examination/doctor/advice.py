"""What each error of the client means to a merchant, in a finding that shows no secret."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.canadapost import errors
from deliver_to_po.core.conf import CanadaPostSettings
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.remedies import Asked, remedy

Text = str | Promise

WORDS: Mapping[type[errors.CanadaPostError], Text] = {
    errors.CredentialsRefused: gettext_lazy("Canada Post does not accept these credentials."),
    errors.NotEntitled: gettext_lazy("Canada Post does not let this account do this."),
    errors.Refused: gettext_lazy("Canada Post refused the request."),
    errors.InvalidRequest: gettext_lazy("The request breaks one of Canada Post’s rules, so it was not sent."),
    errors.NotFound: gettext_lazy("Canada Post could not find what we asked for."),
    errors.NotReady: gettext_lazy("Canada Post is not ready yet."),
    errors.Throttled: gettext_lazy("Canada Post is limiting our calls for now."),
    errors.Unavailable: gettext_lazy("Canada Post did not answer, or has a problem."),
    errors.Unreadable: gettext_lazy("Canada Post answered, but the answer cannot be understood."),
}
OTHERWISE = gettext_lazy("This did not work.")
HELD_BACK = gettext_lazy("This shop is limiting its own calls for now, so nothing was sent.")
# Why the transport reached nobody, in its own words. Its other reasons name details for whoever mends the client.
REASONS: Mapping[str, Text] = {
    "no connection": gettext_lazy("no connection"),
    "connection lost": gettext_lazy("connection lost"),
    "no answer in time": gettext_lazy("no answer in time"),
    "no answer within the deadline": gettext_lazy("no answer within the deadline"),
}
SHORTEST_SECRET = 4


def wrong(subject: str, error: errors.CanadaPostError, asked: Asked) -> Finding:
    """Return the finding that an error stands for, with Canada Post's own words where it has any."""
    parts = [str(_words(error))]
    if error.status:
        parts.append(_("(HTTP %(status)s)") % {"status": error.status})
    if told := without_secrets(error.explain(), asked.settings):
        parts.append(_("Canada Post says: “%(text)s”") % {"text": told})
    elif error.why:
        parts.append(f"({REASONS.get(error.why, error.why)})")
    return Finding(subject, Verdict.WRONG, " ".join(parts), remedy(error, asked))


def _words(error: errors.CanadaPostError) -> Text:
    if isinstance(error, errors.Throttled) and error.status is None:
        return HELD_BACK
    return WORDS.get(type(error), OTHERWISE)


def without_secrets(text: str, settings: CanadaPostSettings) -> str:
    """Return ``text`` with every credential and number of the account masked: an answer may repeat what was sent."""
    held = (
        settings.client_id,
        settings.client_secret,
        settings.username,
        settings.password,
        settings.customer_number,
        settings.mobo,
        settings.contract_id,
    )
    for secret in sorted((value for value in held if len(value) >= SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(secret, "•••")
    return text
