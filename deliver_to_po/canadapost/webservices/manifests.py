"""Groups, their transmission and the manifests. Building raises InvalidRequest, reading Unreadable."""

from typing import Any

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal import manifests
from deliver_to_po.canadapost.rules import check_account, check_id, check_transmit
from deliver_to_po.canadapost.types import Account, Manifest, TransmitRequest
from deliver_to_po.canadapost.webservices import shipping, xml
from deliver_to_po.canadapost.webservices.answers import read

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
    return manifests.read_groups(operation, xml.rows(root, "group"))


def read_manifest_ids(operation: str, answer: Answer) -> list[str]:
    return manifests.read_manifests(operation, _links(operation, answer))


def read_made_ids(operation: str, answer: Answer) -> list[str]:
    """Return the ids of the manifests that a transmit makes, one at least; raises Unreadable."""
    return manifests.read_manifest_ids(operation, _links(operation, answer))


def _links(operation: str, answer: Answer) -> list[Any]:
    root = read(operation, answer, "manifests", namespace=NAMESPACE)
    return xml.rows(root, "link")


def read_manifest(operation: str, answer: Answer, manifest_id: str) -> Manifest:
    root = read(operation, answer, "manifest", namespace=NAMESPACE)
    return manifests.read_manifest(operation, xml.as_row(root), manifest_id)
