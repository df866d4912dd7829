"""Whoever lacks a permission of a page sees nothing of it and does nothing there; every page of the desk is named."""

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest
from django.urls import reverse

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes.buttons import CHANGES, SHIPMENT_CHANGES
from deliver_to_po.admin.deliveries.delivery_admin import DeliveryAdmin
from deliver_to_po.admin.late_admin import ADDRESSES
from tests.admin.conftest import Clerk

ROUTES = {name: route for pages in ADDRESSES.values() for route, name in pages}
EVERY = {text.partition(".")[2] for name, text in vars(permissions).items() if name.isupper()}
LOOK, PRINT = ("view_delivery",), ("view_delivery", "print_labels")
NEEDS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("costs", "day", "invoice", "table", "table_parcel"), LOOK),
    **dict.fromkeys(("counter", "print", "print_again", "print_file", "print_job", "printer_test"), PRINT),
    **dict.fromkeys(("choose", "choose_link", "choose_now", "choose_office", "choose_recipient"), ("choose_office",)),
    **dict.fromkeys(("label", "label_picture"), ("view_label",)),
    **dict.fromkeys(("by_hand", "card", "export_file"), ("ship_by_hand",)),
    **dict.fromkeys(("day_end", "manifest_document"), ("transmit_manifest",)),
    **{each.name: (*LOOK, each.permission.partition(".")[2]) for each in (*CHANGES, *SHIPMENT_CHANGES)},
    "hand_off": ("hand_off_delivery",),
    "leave_the_rest": ("settle_shipment",),
    "privacy": ("answer_privacy_requests",),
}
# All of the staff may ask whether their session lives. What differs needs the permission of its own button.
OTHERS = {"session", "difference"}
# Whoever only follows a link hands nothing off; and to print a label others may than to open it.
METHODS = {"hand_off": ["post"], "label": ["get"]}


def url_of(page: str) -> str:
    keys = {"uuid": uuid4(), "int": 1}
    about = {name: keys.get(kind, "x") for kind, name in re.findall(r"<(\w+):(\w+)>", ROUTES[page])}
    return reverse(f"admin:deliver_to_po_{page}", kwargs=about)


def test_every_page_of_the_desk_is_named() -> None:
    assert NEEDS.keys() | OTHERS == ROUTES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "missing"), [(page, each) for page in NEEDS for each in NEEDS[page]])
def test_whoever_lacks_a_permission_of_a_page_sees_and_does_nothing_there(
    clerk: Clerk, page: str, missing: str
) -> None:
    client = clerk(*EVERY - {missing})
    for method in METHODS.get(page, ["get", "post"]):
        answer = getattr(client, method)(url_of(page))
        assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("page", [page for page, needed in NEEDS.items() if "view_delivery" in needed])
def test_a_shops_own_class_of_the_admin_may_forbid_to_look(
    clerk: Clerk, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DeliveryAdmin, "has_view_permission", lambda self, request, obj=None: False)
    assert clerk(*EVERY).get(url_of(page)).status_code == 403
