"""The step as JSON; a shop includes this module under a path with its version, such as ``d2po/v1/``."""

from functools import partial, update_wrapper
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

if find_spec("ninja") is None:
    raise ImportError("The step as JSON needs the extra “api”: pip install django-deliver-to-po[api]", name="ninja")

app_name = "deliver_to_po_api"

# As ninja makes them from `step`, in its order.
ROUTES = {
    "openapi-json": "openapi.json",
    "search_offices": "offices/search",
    "offices_near": "offices",
    "office": "offices/<office_id>",
    "choices": "choices",
    "choice": "choices/<choice_id>",
    "change_choice": "choices/<choice_id>",
    "say_recipient": "choices/<choice_id>/recipient",
    "reserve": "choices/<choice_id>/reserve",
    "unreserve": "choices/<choice_id>/unreserve",
    "nothing": "<path:rest>",
    "api-root": "",
}


@csrf_exempt
@login_not_required
@non_atomic_requests
def _answer(operation: str, request: HttpRequest, **which: Any) -> HttpResponse:
    """Do one operation. Only the first brings ninja and pydantic: a process that serves browsers is 17 MB smaller."""
    from deliver_to_po.api.step import PATTERNS

    answer: HttpResponse = PATTERNS[operation].callback(request, **which)
    return answer


urlpatterns = [
    path(route, update_wrapper(partial(_answer, name), _answer), name=name) for name, route in ROUTES.items()
]
