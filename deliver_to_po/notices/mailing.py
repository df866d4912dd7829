"""Sending the e-mail of a row under lease, notice or morning mail: once, though a worker may be killed in the middle.

That sending begins is committed before the e-mail is handed to the mail server. If a worker is killed between the two,
or the mail server goes silent once the connection stands, nobody knows whether the e-mail was sent. It has probably
arrived, so it is not sent again.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, TypeAlias

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from deliver_to_po.canadapost.calling.transport import nothing_was_sent
from deliver_to_po.core.choices import NoticeProblem
from deliver_to_po.core.database_errors import patiently
from deliver_to_po.core.language import speaking
from deliver_to_po.models import MorningMail, Notice
from deliver_to_po.models.links import address_of
from deliver_to_po.outbox.claiming import after, nth_wait

log = logging.getLogger(__name__)

Row: TypeAlias = Notice | MorningMail
# The e-mail, why it cannot be written, from when on it is to be, or None if there is nobody to write to.
Written: TypeAlias = EmailMultiAlternatives | NoticeProblem | datetime | None


# What a service answers over HTTP where the same may be taken later: a key to be mended, too many calls, closed.
HTTP_LATER = (401, 403, 429, 503)
# What Amazon's library raises before it has a connection, or a key to sign with.
BEFORE_AMAZON = {
    *("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"),
    *("NoCredentialsError", "CredentialRetrievalError"),
}


class Mailed(StrEnum):
    """How sending ended."""

    SENT = "sent"
    #: The mail server said "not now", or no connection to it ever stood.
    NOT_SENT = "not sent"
    #: The mail server will never take it, or nobody can write to such an address.
    REFUSED = "refused"
    #: The connection stood and no answer came: it may have been sent.
    UNKNOWN = "unknown"
    #: Another worker has the row by now.
    NOT_OURS = "not ours"


def message_of(template: str, context: Mapping[str, Any], to: Sequence[str]) -> EmailMultiAlternatives:
    """Return the e-mail that a text template makes in the active language; its first line is the subject."""
    text = render_to_string(f"deliver_to_po/notices/{template}.txt", dict(context)).strip()
    subject, _, body = text.partition("\n")
    return EmailMultiAlternatives(" ".join(subject.split()), f"{body.strip()}\n", to=list(to))


def with_html(template: str, context: Mapping[str, Any], to: Sequence[str]) -> EmailMultiAlternatives:
    """Return the same with its HTML template beside it."""
    message = message_of(template, context, to)
    message.attach_alternative(render_to_string(f"deliver_to_po/notices/{template}.html", dict(context)), "text/html")
    return message


def desk_url(page: str, *args: Any, model: str = "delivery") -> str:
    """Return the address of one of the desk's pages, or "" without SITE_URL or without a desk."""
    with suppress(NoReverseMatch), speaking(settings.LANGUAGE_CODE):
        return address_of(reverse(f"admin:deliver_to_po_{model}_{page}", args=args))
    return ""


def send(row: Row, message: EmailMessage) -> Mailed:
    """Send an e-mail for the holder of the lease, and say how that ended; the caller ends the row or puts it off.

    ``row.begun`` is kept while the e-mail is handed over, and then only if the end is unknown.
    """
    if not _leased(row).update(begun=True):
        return Mailed.NOT_OURS
    mailed, error = _hand_over(message)
    if error:
        # The text of the error may hold an address.
        log.warning("%s %s: %s (%s)", type(row).__name__, row.pk, mailed, type(error).__name__)
    return mailed


def _hand_over(message: EmailMessage) -> tuple[Mailed, Exception | None]:
    """Give an e-mail to the mail server, and return how that ended and what was raised."""
    try:
        # Django has mailers since 6.1.
        connection: Any = mail.mailers.default if hasattr(mail, "mailers") else mail.get_connection()
        connection.open()
    except Exception as error:
        return Mailed.NOT_SENT, error
    try:
        connection.send_messages([message])
    except Exception as error:
        return _meant_by(error), error
    finally:
        # That it does not say goodbye changes nothing.
        with suppress(Exception):
            connection.close()
    return Mailed.SENT, None


def _meant_by(error: Exception) -> Mailed:
    """Return what an error means once the connection stands: only an answer says that nothing was sent.

    A service that is called over HTTP, as by django-anymail, first connects when it sends.
    """
    if isinstance(error, ValueError | SMTPNotSupportedError):
        # The address or a header cannot be written, which is found out before anything is sent.
        return Mailed.REFUSED
    status, cause = _status(error), error.__cause__ or error
    if status in HTTP_LATER or nothing_was_sent(cause) or type(cause).__name__ in BEFORE_AMAZON:
        return Mailed.NOT_SENT
    if isinstance(status, int) and 400 <= status < 500:
        return Mailed.REFUSED
    codes = _codes(error) if isinstance(error, SMTPException) else []
    if not codes or not all(400 <= code < 600 for code in codes):
        return Mailed.UNKNOWN
    return Mailed.REFUSED if min(codes) >= 500 else Mailed.NOT_SENT


def _status(error: Exception) -> Any:
    """Return the HTTP status of a service's answer, None for no answer; Amazon SES has it in a dict."""
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return getattr(error, "status_code", None)
    too_many = str(answer.get("Error", {}).get("Code", "")).startswith("Throttl")
    return 429 if too_many else answer.get("ResponseMetadata", {}).get("HTTPStatusCode")


def _codes(error: SMTPException) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _text in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []


def put_off(row: Row, waits: Sequence[float], **fields: Any) -> None:
    """Send again after the next wait."""
    due_at = after(nth_wait(waits, row.tries))
    _leased(row).update(due_at=due_at, lease=None, tries=F("tries") + 1, begun=False, **fields)


def wait_until(row: Row, moment: datetime) -> None:
    _leased(row).update(due_at=moment, lease=None)


def end(row: Row, **fields: Any) -> None:
    """End a row: nothing of it is due any longer. What was sent is written down as soon as the database has time."""
    patiently(lambda: _leased(row).update(**{"due_at": None, "lease": None, **fields}))


def _leased(row: Row) -> QuerySet[Any]:
    return type(row)._default_manager.filter(pk=row.pk, lease=row.lease)
