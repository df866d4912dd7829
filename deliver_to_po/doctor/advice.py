"""What each error of the client means for the merchant, and what to do about it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.canadapost import errors
from deliver_to_po.conf import CanadaPostSettings
from deliver_to_po.doctor.finding import Finding, Verdict

Text = str | Promise
TRY_LATER = gettext_lazy("Try again later; Canada Post's status page and the outages below say more.")

# What went wrong, and what to do.
ADVICE: Mapping[type[errors.CanadaPostError], tuple[Text, Text]] = {
    errors.CredentialsRefused: (
        gettext_lazy("Canada Post does not let these credentials in here."),
        gettext_lazy(
            "In Canada Post's developer portal look whether your application is subscribed to this product, and "
            "whether its client ID and secret are the ones in your settings."
        ),
    ),
    errors.NotEntitled: (
        gettext_lazy("Canada Post knows you, but this account may not do this."),
        gettext_lazy(
            "Compare CUSTOMER_NUMBER, MOBO and CONTRACT_ID with your agreement; if they are right, ask Canada Post "
            "what your account lacks for Deliver to Post Office."
        ),
    ),
    errors.Refused: (
        gettext_lazy("Canada Post refuses the question."),
        gettext_lazy("Compare CUSTOMER_NUMBER, MOBO and CONTRACT_ID with your agreement."),
    ),
    errors.InvalidRequest: (
        gettext_lazy("The question breaks a rule of Canada Post, so it was not sent."),
        gettext_lazy("Compare CUSTOMER_NUMBER, MOBO and CONTRACT_ID with your agreement."),
    ),
    errors.NotFound: (
        gettext_lazy("Canada Post does not know what was asked for."),
        gettext_lazy("Look whether BASE_URL is right; leave it out to use Canada Post's own."),
    ),
    errors.NotReady: (gettext_lazy("Canada Post is not ready yet."), gettext_lazy("Try again in a minute.")),
    errors.Throttled: (
        gettext_lazy("Canada Post takes no more calls from you for now."),
        gettext_lazy("Wait a minute. If this comes back, lower CALLS_PER_MINUTE."),
    ),
    errors.Unavailable: (gettext_lazy("Canada Post did not answer, or has trouble of its own."), TRY_LATER),
    errors.Unreadable: (
        gettext_lazy("Canada Post answered, but the answer cannot be understood."),
        gettext_lazy("Run the doctor with --record FILE and send the file to this project: it holds no data of yours."),
    ),
}
OTHERWISE: tuple[Text, Text] = (gettext_lazy("This did not work."), TRY_LATER)
SHORTEST_SECRET = 4


def finding_of_error(
    subject: str, error: errors.CanadaPostError, settings: CanadaPostSettings, *, todo: Text = ""
) -> Finding:
    """Return what to tell the merchant about an error, with Canada Post's own words if there are any."""
    says, usual = ADVICE.get(type(error), OTHERWISE)
    parts = [str(says)]
    if error.status:
        parts.append(_("(HTTP %(status)s)") % {"status": error.status})
    if told := without_secrets(error.explain(), settings):
        parts.append(_("Canada Post says: “%(text)s”") % {"text": told})
    elif error.why:
        parts.append(f"({error.why})")
    return Finding(subject, Verdict.WRONG, " ".join(parts), str(todo or usual))


def without_secrets(text: str, settings: CanadaPostSettings) -> str:
    """Return ``text`` with the account's credentials and numbers masked: an answer may repeat what was sent."""
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
