"""Reading the answers: ``messages`` in any namespace, HTML pages, and what each stands for."""

from collections.abc import Iterator

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.canadapost.webservices import xml

CREDENTIALS = {"E002", *(f"AA{number:03}" for number in range(1, 10))}


def read(operation: str, answer: Answer, *names: str, namespace: str | None = None) -> xml.Element:
    """Return the root of a success, which has one of the local ``names``; raises Unreadable for any other.

    ``namespace`` is checked where the schema is known to be the one that Canada Post answers by. A success that holds
    ``messages`` is raised as the error that its codes stand for.
    """
    root = xml.parse(operation, answer.body)
    if xml.local_name(root) in names and (namespace is None or root.tag.startswith(f"{{{namespace}}}")):
        return root
    if xml.local_name(root) == "messages" and (messages := tuple(read_messages(root))):
        raise errors.Unreadable(operation, status=answer.status, messages=messages, why="messages where none belong")
    raise errors.Unreadable(operation, status=answer.status, why="another document than the one that was asked for")


def messages_of(operation: str, answer: Answer) -> tuple[Message, ...]:
    """Return Canada Post's messages in an error; none in an HTML page, an empty list or anything unreadable."""
    try:
        root = xml.parse(operation, answer.body)
    except errors.Unreadable:
        return ()
    return tuple(read_messages(root)) if xml.local_name(root) == "messages" else ()


def read_messages(root: xml.Element) -> Iterator[Message]:
    """Yield every message of a ``messages`` element, each text on one line and of at most 300 characters."""
    for message in xml.children(root, "message"):
        yield Message(xml.text(message, "code")[:40], xml.text(message, "description")[:300])
