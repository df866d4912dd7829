"""What differs between Canada Post and this desk: rows on the page of the day's end, and the page of each button."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes.confirm_page import CONFIRMED, ReasonForm
from deliver_to_po.admin.show import FOR_OTHERS, NOTHING_TO_DO, desk_page, desk_url
from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import Compared, Differs, Reason
from deliver_to_po.core.wording import with_colon
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.day_end.curing import CURES, Cure, Cured, cure, leave_all
from deliver_to_po.handoff.day_end.reconciling import differing
from deliver_to_po.models import Comparison
from deliver_to_po.models.comparison import Difference
from deliver_to_po.shipping.registry import name_of_system

# More rows than a person settles in a day.
SHOWN = 100
# How many are left to another shop with one press at most: their ids fill a field.
LEFT_AT_MOST = 500
LEAVES_THE_REST = gettext_lazy(
    "The shipping desk will no longer list these. They will never be transmitted here. Make sure that another "
    "shop, which shares the customer number, made them."
)

WHY: Mapping[str, Promise] = {
    Differs.TWICE: gettext_lazy("One request made two labels. This one was never seen here; the other is ours."),
    Differs.WAITS: gettext_lazy("Its label was made, but the answer never came here."),
    Differs.EARLY: gettext_lazy(
        "Its order is here as it was before the label was requested. The database may have been restored."
    ),
    Differs.STILL_THERE: gettext_lazy("Here it is voided or was never made. There its label is valid."),
    Differs.UNKNOWN: gettext_lazy(
        "Another shop that shares the customer number made it, or this one did before its database was restored."
    ),
    Differs.GOES_ON: gettext_lazy("Its request is under way. It is not transmitted before the answer is here."),
    Differs.TRANSMITTED: gettext_lazy("It is transmitted there. Here it still waits."),
    Differs.GONE: gettext_lazy("It was voided there: its label is worth nothing, and its box must not leave."),
    Differs.NOT_LISTED: gettext_lazy(
        "Here it is transmitted, but its manifest does not list it. Look it up at the shipping system’s own site."
    ),
    "": gettext_lazy("It is only there. The next comparison asks what it is."),
}


class LeaveForm(ReasonForm):
    """The parcels that were named when the page asked: what is found meanwhile is not left unseen."""

    ids = forms.CharField(max_length=LEFT_AT_MOST * (lengths.SHIPMENT_ID + 1), widget=forms.HiddenInput)


class Button(NamedTuple):
    """What a cure is called, what it will do, and who may press it."""

    label: Promise
    does: Promise
    permission: str


BUTTONS: Mapping[Cure, Button] = {
    Cure.ADOPT: Button(
        gettext_lazy("Take it over"),
        gettext_lazy(
            "The label will be fetched and the parcel shipped with it, if it goes to the same post office and the same "
            "recipient as the order says."
        ),
        permissions.SETTLE,
    ),
    Cure.TAKE_BACK: Button(
        gettext_lazy("Void it"),
        gettext_lazy(
            "The label will be voided, or its refund asked for if it is transmitted. Make sure that no other shop made "
            "it, and that no box leaves with it: that parcel would come back."
        ),
        permissions.SETTLE,
    ),
    Cure.LEAVE: Button(
        gettext_lazy("Leave it to the other shop"),
        gettext_lazy("The shipping desk will no longer list it. It will never be transmitted here."),
        permissions.SETTLE,
    ),
    Cure.MARK: Button(
        gettext_lazy("Mark it as transmitted"),
        gettext_lazy("The parcel will no longer wait for the day’s end. It can then only be refunded, not voided."),
        permissions.SETTLE,
    ),
    Cure.MAKE_AGAIN: Button(
        gettext_lazy("Make the label again"),
        gettext_lazy("The parcel will get another label, with another tracking number. Destroy the old one."),
        permissions.MAKE_AGAIN,
    ),
    Cure.RELEASE: Button(
        gettext_lazy("Request the label"),
        gettext_lazy(
            "The label will be requested with the same number as before. So the one that exists is found, and no "
            "second one is made."
        ),
        permissions.HAND_OFF,
    ),
}
# No button undoes these.
FINAL = (Cure.LEAVE, Cure.TAKE_BACK)
CAME: Mapping[Cured, tuple[int, Promise]] = {
    Cured.ADOPTED: (messages.SUCCESS, gettext_lazy("The label is taken over and will be fetched in a moment.")),
    Cured.VOIDED: (messages.SUCCESS, gettext_lazy("The label is voided.")),
    Cured.REFUND_ASKED: (messages.SUCCESS, gettext_lazy("The refund is asked for. The answer comes by e-mail.")),
    Cured.NOT_THERE: (messages.INFO, gettext_lazy("It is no longer there as it was found. Check again.")),
    Cured.LEFT: (messages.SUCCESS, gettext_lazy("It is no longer listed here.")),
    Cured.MARKED: (messages.SUCCESS, gettext_lazy("The parcel is marked as transmitted.")),
    Cured.MADE_AGAIN: (messages.SUCCESS, gettext_lazy("The parcel is made again.")),
    Cured.RELEASED: (messages.SUCCESS, gettext_lazy("The label is requested.")),
    Cured.NOT_NOW: (messages.WARNING, gettext_lazy("This could not be checked now. Try again in a few minutes.")),
    Cured.REFUSED: (messages.ERROR, gettext_lazy("This was refused. Look it up at the shipping system’s own site.")),
    Cured.NOT_THE_SAME: (
        messages.ERROR,
        gettext_lazy("It goes to another post office or recipient than the order says. Void it instead."),
    ),
    Cured.KEPT: (
        messages.WARNING,
        gettext_lazy("The order still waits for something. Its label is requested once it goes on."),
    ),
}


def summaries(compared: Sequence[Comparison]) -> list[Mapping[str, object]]:
    """Return for each shipping system how many parcels the waiting groups that were compared hold there and here."""
    by_system: dict[str, list[Comparison]] = defaultdict(list)
    for one in compared:
        by_system[name_of_system(one.system)].append(one)
    return [_summary(system, of_it) for system, of_it in by_system.items()]


def _summary(system: str, compared: Sequence[Comparison]) -> Mapping[str, object]:
    theirs = sum(one.still_theirs for one in compared)
    words = {"theirs": theirs, "ours": sum(one.ours for one in compared), "system": system}
    text = ngettext(
        "%(system)s has %(theirs)d parcel, we have %(ours)d",
        "%(system)s has %(theirs)d parcels, we have %(ours)d",
        theirs,
    )
    return {"text": text % words, "differs": any(one.differing for one in compared)}


def rows(compared: Sequence[Comparison], user: Any, site: AdminSite) -> Sequence[Mapping[str, object]]:
    """Return the first SHOWN differences, each with the buttons that this user may press."""
    found = [(one, each) for one in compared for each in one.open_ones]
    return [_row(one, each, user, site) for one, each in found[:SHOWN]]


def _row(one: Comparison, each: Difference, user: Any, site: AdminSite) -> Mapping[str, object]:
    every = CURES.get(each.kind, ())
    cures = [how for how in every if user.has_perm(BUTTONS[how].permission)]
    return {
        "delivery_url": desk_url(site, "delivery_change", each.delivery) if each.delivery else "",
        "reference": each.reference,
        "number": each.tracking_number or each.shipment_id,
        "where": _where(one),
        "title": title_of(each),
        "why": str(WHY[each.kind]),
        "cures": [(label_of(how, each), desk_url(site, "difference", one.pk, each.shipment_id, how)) for how in cures],
        "without_button": FOR_OTHERS if every else NOTHING_TO_DO,
    }


def title_of(each: Difference) -> str:
    return str(Differs(each.kind).label) if each.kind else _("Only there")


def _where(one: Comparison) -> str:
    words = {"name": one.name, "system": name_of_system(one.system)}
    if one.what == Compared.GROUP:
        return _("%(system)s, group %(name)s") % words
    if one.what == Compared.DAY:
        return _("%(system)s, made on %(name)s") % words
    return _("%(system)s, manifest %(name)s") % words


def label_of(how: Cure, each: Difference) -> str:
    if how == Cure.TAKE_BACK and each.kind == Differs.TWICE:
        return _("Void the second label")
    if how == Cure.LEAVE and each.kind != Differs.UNKNOWN:
        return _("Stop listing it")
    return str(BUTTONS[how].label)


def difference(request: HttpRequest, site: AdminSite, pk: int, shipment_id: str, how: str) -> HttpResponse:
    """Ask before something is done about a difference; on POST do it, report the result and go to the day's end.

    403 without the permission, 404 for one that is settled.
    """
    one = differing().filter(pk=pk).first()
    each = next((each for each in (one.open_ones if one else ()) if each.shipment_id == shipment_id), None)
    if one is None or each is None or how not in CURES.get(each.kind, ()):
        raise Http404
    button = BUTTONS[Cure(how)]
    if not request.user.has_perm(button.permission):
        raise PermissionDenied
    label = label_of(Cure(how), each)
    form = ReasonForm(request.POST if CONFIRMED in request.POST else None)
    if form.is_valid():
        _do(request, one, each, Cure(how), form.cleaned_data["note"])
        return HttpResponseRedirect(desk_url(site, "day_end"))
    asked = {"described": _named(one, each), "foretold": [f"{title_of(each)}. {WHY[each.kind]}"]}
    return _asked(request, site, label, button.does, form, [asked], Cure(how))


@permissions.for_those_with(BUTTONS[Cure.LEAVE].permission)
def leave_the_rest(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask before everything that nothing here knows is left to another shop; on POST leave what was named then."""
    found = _strangers()
    if not found:
        # Somebody was faster: the page says how it stands.
        return HttpResponseRedirect(desk_url(site, "day_end"))
    form = LeaveForm(request.POST if CONFIRMED in request.POST else None, initial={"ids": " ".join(found)})
    if form.is_valid():
        named = form.cleaned_data["ids"].split()
        for shipment_id in named:
            if shipment_id in found:
                _keep_why(request, *found[shipment_id], str(BUTTONS[Cure.LEAVE].label), form.cleaned_data["note"])
        count = leave_all(named)
        text = ngettext(
            "%(count)d parcel is no longer listed here.", "%(count)d parcels are no longer listed here.", count
        )
        messages.success(request, text % {"count": count})
        return HttpResponseRedirect(desk_url(site, "day_end"))
    asked = [{"described": _named(*each), "foretold": ()} for each in found.values()]
    return _asked(request, site, _leave_all(len(found)), LEAVES_THE_REST, form, asked, Cure.LEAVE)


def _leave_all(count: int) -> str:
    text = ngettext("Leave %(count)d to the other shop", "Leave all %(count)d to the other shop", count)
    return text % {"count": count}


def _strangers() -> Mapping[str, tuple[Comparison, Difference]]:
    """Return the first of what nothing here knows, by id."""
    every = ((one, each) for one in differing() for each in one.open_ones if each.kind == Differs.UNKNOWN)
    return {each.shipment_id: (one, each) for one, each in islice(every, LEFT_AT_MOST)}


def several_left(user: Any, site: AdminSite) -> tuple[str, str] | None:
    """Return words and address of the button that leaves all to another shop, None for whoever may not or for one."""
    count = len(_strangers()) if user.has_perm(BUTTONS[Cure.LEAVE].permission) else 0
    if count < 2:
        return None
    return _leave_all(count), desk_url(site, "leave_the_rest")


def _asked(
    request: HttpRequest, site: AdminSite, label: str, does: Promise, form: forms.Form, rows_: Sequence[Any], how: Cure
) -> HttpResponse:
    context = {
        "title": label,
        "change": {"does": does, "name": "", "is_final": how in FINAL},
        "form": form,
        "rows": rows_,
        "back": desk_url(site, "day_end"),
        "confirmed": CONFIRMED,
    }
    return desk_page(request, site, "change", context)


def _named(one: Comparison, each: Difference) -> str:
    number = " ".join(filter(None, (each.reference, each.tracking_number or each.shipment_id)))
    return f"{number} · {_where(one)}"


def _keep_why(request: HttpRequest, one: Comparison, each: Difference, label: str, why: str) -> None:
    """Keep in the admin's own log who did what and why: for many of these there is no delivery that could tell it."""
    text = with_colon(f"{label}, {_named(one, each)}", why)
    user: Any = request.user
    LogEntry.objects.log_actions(user.pk, [one], CHANGE, change_message=text)


def _do(request: HttpRequest, one: Comparison, each: Difference, how: Cure, why: str) -> None:
    try:
        came = cure(one, each, how, user=request.user, note=with_colon(title_of(each), why))
    except MoveRefused as error:
        messages.error(request, str(error))
        return
    if came == Cured.NO_REFUND_EMAIL:
        reason = Reason.NO_REFUND_EMAIL
        messages.error(request, f"{reason.why(name_of_system(one.system))} {reason.advice}")
        return
    level, words = CAME[came]
    if level == messages.SUCCESS:
        _keep_why(request, one, each, label_of(how, each), why)
    messages.add_message(request, level, str(words))
