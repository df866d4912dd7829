"""The directory of post offices as the merchant sees it: what Canada Post told us, and when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from deliver_to_po.admin.lists.desk_list import ListWithWarnings
from deliver_to_po.admin.lists.readonly import ReadOnlyAdmin
from deliver_to_po.admin.show import hours_table
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.core.hosts import host_of, is_loopback
from deliver_to_po.core.language import current_language
from deliver_to_po.models import Office


class OfficeAdmin(ListWithWarnings, ReadOnlyAdmin):
    """Post offices, read-only: only Canada Post knows them."""

    list_display = ("name_shown", "received_id", "street", "city", "province", "postal_code_shown", "offered_at")
    list_filter = ("province", "environment", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("received_id", "name_en", "name_fr", "location_en", "location_fr", "street", "city", "postal_code")
    ordering = ("city", "street", "pk")
    fields = (
        ("name_shown", "location_shown", "received_id", "bilingual"),
        ("street", "city", "province", "postal_code_shown"),
        ("hours_shown", "zone"),
        ("hours_fetched_at", "offered_at", "closed_at", "environment_shown"),
    )

    @admin.display(description=_("post office"), ordering="name_en")
    def name_shown(self, office: Office) -> str:
        return office.name(current_language())

    @admin.display(description=_("location"))
    def location_shown(self, office: Office) -> str:
        return office.location(current_language())

    @admin.display(description=_("postal code"), ordering="postal_code")
    def postal_code_shown(self, office: Office) -> str:
        return display_postal_code(office.postal_code)

    @admin.display(description=_("environment"))
    def environment_shown(self, office: Office) -> str:
        """Return whether Canada Post's own services or an emulator told us of it, and its real or its test ones."""
        kind, _space, address = office.environment.partition(" ")
        if is_loopback(host_of(address)):
            return pgettext("environment of Canada Post", "test, emulator")
        if kind == "live":
            return pgettext("environment of Canada Post", "real")
        return pgettext("environment of Canada Post", "test")

    @admin.display(description=_("counter hours"))
    def hours_shown(self, office: Office) -> str:
        return hours_table(WeeklyHours.from_json(office.hours) if office.hours else None)
