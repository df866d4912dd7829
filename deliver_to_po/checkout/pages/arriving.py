"""What the step opens with before the buyer has searched: the place that is known of them, and an office to suggest."""

from django.http import HttpRequest

from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code, normalize_postal_code
from deliver_to_po.checkout.choosing import chosen_office_id, known_postal_code
from deliver_to_po.checkout.last_office import last_office_id
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.checkout.pages.search_request import SearchRequest
from deliver_to_po.checkout.pages.shown_offices import FAR_KM
from deliver_to_po.models import Delivery
from deliver_to_po.offices.directory import get_office


def opened(search_request: SearchRequest, draft: Delivery | None, request: HttpRequest) -> SearchRequest:
    """Return the search that the step opens with: what is asked for, else near what is known of the buyer.

    That is the office that they have chosen, their postal code by the draft or the shop, or their last office. Makes no
    call.
    """
    if search_request:
        return search_request
    return search_request._replace(text=_place(draft, request))


def _place(draft: Delivery | None, request: HttpRequest) -> str:
    chosen = draft.office_postal_code if draft and chosen_office_id(draft) else ""
    code = normalize_postal_code(chosen or known_postal_code(draft, request))
    if not code and (last := last_office_id(request)):
        row = get_office(last)
        code = normalize_postal_code(row.postal_code) if row else ""
    return display_postal_code(code)


def suggestion(found: OfficeList, last: str = "") -> ListedOffice | None:
    """Return the office of a list to suggest: the buyer's ``last`` one if it is there, else the nearest.

    None if one of the list is chosen, if none is near or surely as wanted, and if distances are from a city, a street
    or half a postal code: which one is nearest to the buyer is not known then.
    """
    sure = found.offices[: found.sure]
    if not sure or any(listed.chosen for listed in found.offices):
        return None
    wanted = comparable_office_id(last) if last else ""
    for listed in sure:
        if wanted and comparable_office_id(listed.office.office_id) == wanted:
            return listed
    nearest = sure[0]
    distance = nearest.office.distance_km
    return None if not found.near_buyer or (distance is not None and distance > FAR_KM) else nearest
