"""Groups, their transmission and the manifests. Building raises InvalidRequest, reading Unreadable."""

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.rules import check_account, check_id, check_transmit
from deliver_to_po.canadapost.types import Account, Manifest, TransmitRequest
from deliver_to_po.canadapost.webservices import shipping, xml
from deliver_to_po.canadapost.webservices.answers import linked_ids, read, read_links

MEDIA_TYPE = "application/vnd.cpc.manifest-v8+xml"
NAMESPACE = "http://www.canadapost.ca/ws/manifest-v8"


def groups_path(account: Account) -> str:
    return f"{shipping.account_path(account)}/group"


def manifests_path(account: Account) -> str:
    return f"{shipping.account_path(account)}/manifest"


def manifest_path(operation: str, account: Account, manifest_id: str) -> str:
    check_id(operation, "manifest_id", manifest_id)
    return f"{manifests_path(account)}/{manifest_id}"


def build_transmit(operation: str, request: TransmitRequest, account: Account) -> bytes:
    """Return the body of a transmit that is paid by account; raises InvalidRequest."""
    check_transmit(operation, request)
    check_account(operation, account)
    return xml.write(operation, NAMESPACE, "transmit-set", bodies.transmit(request, country=False))


def read_groups(operation: str, answer: Answer) -> list[str]:
    root = read(operation, answer, "groups", namespace=shipping.NAMESPACE)
    found = [xml.text(row, "group-id") for row in xml.children(root, "group")]
    if not all(found):
        raise Unreadable(operation, why="a group without an id")
    return found


def read_manifest_ids(operation: str, answer: Answer) -> list[str]:
    root = read(operation, answer, "manifests", namespace=NAMESPACE)
    return linked_ids(operation, root, "manifest")


def read_made_ids(operation: str, answer: Answer) -> list[str]:
    """Return the ids of the manifests that a transmit makes, one at least; raises Unreadable."""
    ids = read_manifest_ids(operation, answer)
    if not ids:
        raise Unreadable(operation, why="no manifest")
    return ids


def read_manifest(operation: str, answer: Answer, manifest_id: str) -> Manifest:
    root = read(operation, answer, "manifest", namespace=NAMESPACE)
    po_number = xml.text(root, "po-number")
    if not po_number:
        raise Unreadable(operation, why="no po-number")
    return Manifest(manifest_id, po_number, read_links(operation, xml.child(root, "links")))
