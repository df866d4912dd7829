"""Stands in the admin for the classes of the desk until one of their pages is asked for.

The desk is a third of the app, and a process that serves buyers has no use for it; but Django makes every
``ModelAdmin`` and reads its addresses when it starts. So what is registered is this, which knows the addresses and
becomes the class that it stands for at its first use. ``manage.py check`` is a use of them all: it says what is wrong
in a module of the desk.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from deliver_to_po.models import Delivery, Export, Manifest, Office, Pause, PrivacyRequest

if TYPE_CHECKING:
    AnyModelAdmin = ModelAdmin[Any]
else:
    AnyModelAdmin = ModelAdmin

# Where the class of a model is, within this package.
CLASSES: dict[type[Model], str] = {
    Delivery: "deliveries.delivery_admin.DeliveryAdmin",
    Export: "by_hand.exports.ExportAdmin",
    Manifest: "day_end.manifests.ManifestAdmin",
    Office: "offices.OfficeAdmin",
    Pause: "pauses.PauseAdmin",
    PrivacyRequest: "privacy.request_log.PrivacyRequestAdmin",
}
# What a clerk can do to a delivery and to a shipment: each has a page at its name.
OF_A_DELIVERY = (
    *("hold", "let_go_on", "fetch_label_again", "correct_recipient", "change_parcels", "follow_order"),
    *("send_notice", "ship_again", "make_real", "to_home", "cancel"),
)
OF_A_SHIPMENT = (
    *("exists", "nothing_made", "label_destroyed", "make_again"),
    *("follow_on", "picked_up", "came_back", "lost", "mistake"),
)
# The addresses of each class's own pages and their names, in order.
ADDRESSES: dict[type[Model], Sequence[tuple[str, str]]] = {
    Delivery: (
        ("<uuid:pk>/hand-off/", "hand_off"),
        *((f"<uuid:pk>/{name}/", name) for name in OF_A_DELIVERY),
        *((f"shipment/<int:pk>/{name}/", name) for name in OF_A_SHIPMENT),
        ("<uuid:pk>/choose/", "choose"),
        ("<uuid:pk>/choose/<int:choice>/", "choose_now"),
        ("<uuid:pk>/choose/<int:choice>/office/<slug:office_id>/", "choose_office"),
        ("<uuid:pk>/choose/<int:choice>/recipient/<slug:office_id>/", "choose_recipient"),
        ("<uuid:pk>/link/", "choose_link"),
        ("print/", "print"),
        ("print/counter/", "counter"),
        ("print/<uuid:pk>/", "print_job"),
        ("print/<uuid:pk>/file/", "print_file"),
        ("print/<uuid:pk>/again/", "print_again"),
        ("print/test/<slug:paper>/", "printer_test"),
        ("costs/", "costs"),
        ("costs/invoice/", "invoice"),
        ("day/", "day"),
        ("session/", "session"),
        ("table/", "table"),
        ("table/<uuid:pk>/<int:parcel>/", "table_parcel"),
        ("label/<int:shipment_pk>/", "label"),
        ("label/<int:shipment_pk>/picture/", "label_picture"),
    ),
    Export: (
        ("by-hand/", "by_hand"),
        ("card/<int:pk>/", "card"),
        ("<int:pk>/file/", "export_file"),
    ),
    Manifest: (
        ("day-end/", "day_end"),
        ("day-end/difference/<int:pk>/<path:shipment_id>/<str:how>/", "difference"),
        ("day-end/leave/", "leave_the_rest"),
        ("<int:pk>/print/", "manifest_document"),
    ),
    PrivacyRequest: (("answer/", "privacy"),),
}
# Those that Django gives every class, and their names after that of the model; a test holds them to Django's. The last
# leads to the page of one row.
OF_EVERY_CLASS = (
    ("", "changelist"),
    ("add/", "add"),
    ("<path:object_id>/history/", "history"),
    ("<path:object_id>/delete/", "delete"),
    ("<path:object_id>/change/", "change"),
    ("<path:object_id>/", None),
)

View = Callable[..., HttpResponseBase]


def pages_of(model: type[Model], views: Mapping[str, View]) -> list[URLPattern]:
    """Return the own pages of a class; ``views`` are by the names of their addresses."""
    return [path(route, views[name], name=f"deliver_to_po_{name}") for route, name in ADDRESSES[model]]


class LateAdmin(AnyModelAdmin):
    """Becomes the admin class of its model when anything but its addresses is asked of it."""

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        self.__dict__.update(model=model, admin_site=admin_site)

    def __init_subclass__(cls, **_more: Any) -> None:
        raise TypeError(
            f"Subclass the class itself, one of these in deliver_to_po.admin: {', '.join(CLASSES.values())}"
        )

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return super().__getattribute__(name)
        known = self.__dict__
        if name == "urls":
            return _urls(self, known["model"])
        kind: type[AnyModelAdmin] = import_string(f"{__package__}.{CLASSES[known['model']]}")
        known.update(vars(kind(known["model"], known["admin_site"])))
        self.__class__ = kind  # type: ignore[assignment]
        return getattr(self, name)


class LateView:
    """A page of the desk, which is loaded when somebody asks for it."""

    def __init__(self, admin: Any, route: str) -> None:
        self._admin, self._route = admin, route
        # As its class says of all its pages. Django looks at each when it reads the addresses.
        self._non_atomic_requests = {DEFAULT_DB_ALIAS}

    @cached_property
    def _page(self) -> Any:
        # By its address: another Django may have other pages before it.
        return next(page.callback for page in self._admin.pages() if str(page.pattern) == self._route)

    def __call__(self, *request: Any, **which: Any) -> HttpResponseBase:
        answer: HttpResponseBase = self._page(*request, **which)
        return answer

    def __getattr__(self, name: str) -> Any:
        # What decorators say of the page. A class Django looks for at each when it reads the addresses; none has one.
        if name == "view_class" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._page, name)


def _urls(admin: AnyModelAdmin, model: type[Model]) -> list[URLPattern]:
    of_model = model._meta.model_name
    addresses: list[tuple[str, str | None]] = [
        *ADDRESSES.get(model, ()),
        *((route, name and f"{of_model}_{name}") for route, name in OF_EVERY_CLASS),
    ]
    return [path(route, LateView(admin, route), name=name and f"deliver_to_po_{name}") for route, name in addresses]
