"""Reads the answers: documents, ``messages`` in any namespace, HTML pages, and which error each means."""

from itertools import islice
from typing import Any

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.reading import MOST_MESSAGES, choose_error, make_message
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.webservices import xml

MESSAGES = "messages"
# Canada Post sends these with any HTTP status. AA003 and AA004 are not among them: with those the credentials are good
# and the customer number is wrong.
CREDENTIAL_CODES = {"E002", *(f"AA{number:03}" for number in (1, 2, 5, 6, 7, 8, 9))}


def error_of(operation: str, answer: Answer, *, repeatable: bool) -> errors.CanadaPostError:
    """Return the error that an answer means that is not a success; if it cannot be read, its status decides."""
    root = _messages_element(operation, answer)
    messages = () if root is None else read_messages(root)
    return _error(operation, answer, messages, repeatable=repeatable, by_service=root is not None)


def _error(
    operation: str, answer: Answer, messages: tuple[Message, ...], *, repeatable: bool, by_service: bool = True
) -> errors.CanadaPostError:
    if CREDENTIAL_CODES & {message.code for message in messages}:
        return errors.CredentialsRefused(operation, status=answer.status, messages=messages)
    return choose_error(
        operation, answer, messages, repeatable=repeatable, by_service=by_service, by_gateway=not by_service
    )


def _messages_element(operation: str, answer: Answer) -> xml.Element | None:
    try:
        root = xml.parse(operation, answer.body)
    except errors.Unreadable:
        return None
    return root if xml.local_name(root) == MESSAGES else None


def read_messages(root: xml.Element) -> tuple[Message, ...]:
    """Return the messages of a ``messages`` element, the first 20 of them."""
    return tuple(
        make_message(xml.text(message, "code"), xml.text(message, "description"))
        for message in islice(xml.children(root, "message"), MOST_MESSAGES)
    )


def read(operation: str, answer: Answer, resource: Resource) -> Any:
    """Return the row or the list that a success holds; raises Unreadable for any other document.

    If messages come instead of the document, the error that their codes mean is raised; if they mean none, Unreadable,
    since nothing is known about what was done.
    """
    root = xml.parse(operation, answer.body)
    name, found = xml.local_name(root), xml.namespace(root)
    if name in resource.names and resource.namespace in ("", found):
        if name in resource.items:
            return [xml.as_row(root)]
        return [row for item in resource.items for row in xml.rows(root, item)] if resource.items else xml.as_row(root)
    messages = read_messages(root) if name == MESSAGES else ()
    if messages:
        error = _error(operation, answer, messages, repeatable=False)
        if not isinstance(error, errors.UnknownOutcome):
            raise error
    why = "another document than the one that was asked for"
    if name in resource.names:
        why = f"namespace {xml.shown_namespace(found)} came, {resource.namespace} was expected"
    raise errors.Unreadable(operation, status=answer.status, messages=messages, why=why)
