"""The page of privacy requests: whom somebody asks about, what names them, a file of it, and erasing it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from deliver_to_po.admin.lists.selected_rows import CHOSEN, joined, named
from deliver_to_po.admin.permissions import ANSWER_PRIVACY_REQUESTS, VIEW_DELIVERY, for_those_with
from deliver_to_po.admin.privacy.request_file import file_about
from deliver_to_po.admin.privacy.request_words import ROLES, names_in, told, what_becomes_of_it, what_names_them
from deliver_to_po.admin.show import desk_page, desk_url, state_and_reason, test_badge
from deliver_to_po.canadapost import lengths
from deliver_to_po.offices.typed.postal_codes import NOT_A_POSTAL_CODE
from deliver_to_po.privacy.answering import MOST, Asked, Held, Role, erase_about, export_about, look_for

SURE = "sure"


class AskedForm(forms.Form):
    """By what somebody is looked for. No browser keeps or fills in what is typed."""

    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, max_length=lengths.RECIPIENT_EMAIL)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=lengths.RECIPIENT_PHONE)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=lengths.RECIPIENT_NAME)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), required=False, max_length=10)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "class": "vTextField"}

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone:
            self._usable(
                _("Type the ten digits of the phone number, or + and the code of its country before it."), phone=phone
            )
        return phone

    def clean_postal_code(self) -> str:
        """Refuse what is no Canadian postal code, and one without a name."""
        code: str = self.cleaned_data["postal_code"]
        name = self.cleaned_data.get("name", "")
        problem = str(NOT_A_POSTAL_CODE)
        if not name and not self.errors.get("name"):
            problem = _("Type the name too: many people share a postal code.")
        if code:
            self._usable(problem, postal_code=code, name=name)
        return code

    def clean(self) -> dict[str, Any]:
        """Ask for something that only one person has."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._usable(_("Type an e-mail address, a phone number, or a name with its postal code."), **values)
        return values

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)

    @staticmethod
    def _usable(problem: str, **known: str) -> None:
        try:
            Asked(**known).whose()
        except ValueError:
            raise forms.ValidationError(problem) from None


@sensitive_variables()
@sensitive_post_parameters()
@for_those_with(ANSWER_PRIVACY_REQUESTS)
def request_page(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the form; on POST what was found, its file, or that it is erased.

    What is typed stands in no address. The admin lets no browser keep the page.
    """
    form = AskedForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _shown(request, site, form)
    asked, do = form.asked(), request.POST.get("do")
    if do == "export":
        return file_about(export_about(asked, user=request.user))
    if do == "erase" and SURE in request.POST:
        # Only what the page has shown, whatever came since.
        shown = {UUID(key) for key in named(request, 2 * MOST)}
        answered = erase_about(asked, user=request.user, only=shown)
        for level, words in told(answered):
            messages.add_message(request, level, words)
        return HttpResponseRedirect(desk_url(site, "privacy"))
    return _shown(request, site, form, look_for(asked, user=request.user), unsure=do == "erase")


def _shown(
    request: HttpRequest, site: AdminSite, form: AskedForm, held: list[Held] | None = None, *, unsure: bool = False
) -> HttpResponse:
    may_view = request.user.has_perm(VIEW_DELIVERY)
    names = names_in(held or [])
    context = {
        "title": _("Answer a privacy request"),
        "form": form,
        "searched": held is not None,
        "rows": [_row(one, site, may_view=may_view) for one in held or []],
        "names": names if len(names) > 1 else [],
        "can_erase": any(one.role != Role.BUYER for one in held or []),
        "chosen_name": CHOSEN,
        "chosen": joined(one.delivery for one in held or []),
        "unsure": unsure,
        "typed": form.cleaned_data.items() if held is not None else (),
        "most": MOST,
        "log_url": desk_url(site, "privacyrequest_changelist"),
    }
    return desk_page(request, site, "privacy", context)


def _row(held: Held, site: AdminSite, *, may_view: bool) -> dict[str, Any]:
    delivery = held.delivery
    listed = may_view and delivery.order_id is not None
    url = desk_url(site, "delivery_change", delivery.pk) if listed else ""
    return {
        "reference": delivery.reference or _("A choice without an order"),
        "url": url,
        "role": ROLES[held.role],
        "name": next((row.recipient_name for row in _naming(held)), ""),
        "state": state_and_reason(delivery),
        "test": test_badge(delivery),
        "holds": list(what_names_them(held)),
        "becomes": list(what_becomes_of_it(held)),
    }


def _naming(held: Held) -> list[Any]:
    return [held.delivery] if held.role == Role.RECIPIENT else list(held.shipments)
