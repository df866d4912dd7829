"""The pause switch: a strike or a suspension stops the option and the labels until a date."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.lists.desk_list import ListWithWarnings
from deliver_to_po.core.language import language_of
from deliver_to_po.handoff.sending.next_step import end_pause
from deliver_to_po.models import Pause


def _unread() -> set[str]:
    """Return the fields of the reasons that nobody reads: in a language that the shop does not speak."""
    return {"reason_en", "reason_fr"} - {f"reason_{language_of(code)}" for code, _name in settings.LANGUAGES}


class PauseAdmin(ListWithWarnings):
    """Pauses, typed by the merchant; when the last one ends, what waited is handed off."""

    list_display = ("reason_en", "reason_fr", "starts_at", "ends_at", "in_force")
    ordering = ("-ends_at", "pk")
    fields = ("reason_en", "reason_fr", ("starts_at", "ends_at"))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [name for name in super().get_list_display(request) if name not in _unread()]

    def get_fields(self, request: HttpRequest, obj: Pause | None = None) -> list[Any]:
        return [name for name in super().get_fields(request, obj) if name not in _unread()]

    @admin.display(description=_("in force"), boolean=True)
    def in_force(self, pause: Pause) -> bool:
        return pause.starts_at <= timezone.now() < pause.ends_at

    def save_model(self, request: HttpRequest, obj: Pause, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        end_pause()

    def delete_model(self, request: HttpRequest, obj: Pause) -> None:
        super().delete_model(request, obj)
        end_pause()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        end_pause()
