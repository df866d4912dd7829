"""The step as JSON: requests in, values out. What happens is decided by the same use cases that the pages have.

No session and no cookie is read here: a choice is its id in the path and its secret in the header ``D2PO-Secret``.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache, partial, wraps
from typing import Any

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.debug import sensitive_variables
from ninja import Header, NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from deliver_to_po import errors, shop
from deliver_to_po.api import problems, shapes
from deliver_to_po.api.reading import WITH_BODY, language_wanted, read_body
from deliver_to_po.api.replays import once
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.kept_price import keep_price
from deliver_to_po.checkout.reserving import refuse_unfit
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.core.language import current_language, speaking
from deliver_to_po.host import asking
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.offices.list_source import standing
from deliver_to_po.offices.opening import State, zone_of_office
from deliver_to_po.privacy.lifetimes import RESERVED_FOR

View = Callable[..., HttpResponse]

SECRET: Any = Header("", alias="D2PO-Secret", description="The `client_secret` of the choice.")  # type: ignore[type-arg]
KEY: Any = Header("", alias="Idempotency-Key", description="A new one for each press: done once.")  # type: ignore[type-arg]

# What each operation may answer beside its own success.
ALWAYS = (429, 503)
OF_A_BODY = (400, 413, 415, 422, *ALWAYS)
OF_A_CHOICE = (404, 409, 410)


def _answers(success: int, shape: type, *refused: int) -> dict[int, type]:
    return {success: shape, **dict.fromkeys(sorted(refused), problems.Problem)}


class StepAPI(NinjaAPI):
    """The API. Each of its views answers in the client's language, and is stored by nobody."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Return the schema, with the media type of what is refused."""
        schema = super().get_openapi_schema(**where)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {problems.CONTENT_TYPE: answer["content"]["application/json"]}
        return schema

    def patterns(self) -> dict[str, URLPattern]:
        patterns: list[URLPattern] = self.urls[0]  # type: ignore[assignment]
        for pattern in patterns:
            pattern.callback = _answered(pattern.callback)
        return {str(pattern.name): pattern for pattern in patterns}


api = StepAPI(
    title="Deliver to Post Office",
    version="1",
    urls_namespace="deliver_to_po_api",
    docs_url=None,
)
api.add_exception_handler(errors.DeliverToPoError, problems.refuse)  # type: ignore[arg-type]
api.add_exception_handler(problems.RequestRefused, problems.refuse_unreadable)  # type: ignore[arg-type]
api.add_exception_handler(HttpError, problems.refuse_unparsed)  # type: ignore[arg-type]
api.add_exception_handler(ValidationError, problems.refuse_invalid)  # type: ignore[arg-type]
api.add_exception_handler(Error, problems.refuse_while_busy)  # type: ignore[arg-type]


def _answered(view: View) -> View:
    """Let a view of ninja's answer in the client's language.

    An error report hides the variables of ninja's frames too, and of whatever is called below.
    """

    @sensitive_variables()
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_wanted(request)
        with speaking(language), asked_once(bounded=True):
            try:
                if request.method in WITH_BODY:
                    read_body(request)
                response = view(request, *args, **kwargs)
            except problems.RequestRefused as error:
                response = problems.refuse_unreadable(request, error)
            except Http404:
                # Ninja's own page at the root, which is there for the schema's paths.
                response = problems.refuse_for(problems.NOT_FOUND)
            if response.status_code == 405:
                allowed = response["Allow"]
                response = problems.refuse_for(problems.NOT_ALLOWED)
                response["Allow"] = allowed
        patch_cache_control(response, no_store=True, private=True)
        patch_vary_headers(response, ["Accept-Language"])
        response["Content-Language"] = language
        return response

    return answer


@api.post("/offices/search", response=_answers(200, shapes.Offices, *OF_A_BODY), operation_id="search_offices")
def search_offices(request: HttpRequest, search: shapes.Search) -> shapes.Offices:
    """List post offices near what somebody types, or near a position; where there is a cart, with prices and days."""
    point = search.position
    where = (point.latitude, point.longitude) if point else search.q or ""
    return _found(request, where, search.limit, search.filters)


@api.get("/offices", response=_answers(200, shapes.Offices, 422, *ALWAYS), operation_id="offices_near")
def offices_near(
    request: HttpRequest, latitude: shapes.Degrees, longitude: shapes.Degrees, limit: shapes.Limit | None = None
) -> shapes.Offices:
    """List post offices near a position that is rounded to 3 decimals. An address never stands in a URL: search."""
    return _found(request, (float(latitude), float(longitude)), limit, ())


@api.get("/offices/{office_id}", response=_answers(200, shapes.Office, 404, *ALWAYS), operation_id="office")
def office(request: HttpRequest, office_id: str) -> shapes.Office:
    """Tell of one post office: its hours, and what delivering the cart there costs."""
    found = shop.office(office_id, asking.cart_of(request), visitor=_visitor(request))
    return _office(found, current_language())


@api.post(
    "/choices", response=_answers(201, shapes.Started, 409, *OF_A_BODY), operation_id="start_choice", url_name="choices"
)
def start_choice(request: HttpRequest, start: shapes.Start) -> Status[shapes.Started]:
    """Choose a post office. Keep the secret that comes with the choice: it is told once."""
    choice = shop.start_choice(_cart(request), visitor=_visitor(request))
    said = _choose(choice, start.office_id, start.service)
    return Status(201, shapes.Started(client_secret=choice.client_secret, **_state(choice, said)))


@api.get("/choices/{choice_id}", response=_answers(200, shapes.Choice, *OF_A_CHOICE, *ALWAYS), operation_id="choice")
def choice(request: HttpRequest, choice_id: str, secret: str = SECRET) -> shapes.Choice:
    """Tell how a choice stands, with what to show before it is paid for. Its price is settled by this."""
    return shapes.Choice(**_state(_held(request, choice_id, secret)))


@api.patch(
    "/choices/{choice_id}",
    response=_answers(200, shapes.Choice, *OF_A_CHOICE, *OF_A_BODY),
    operation_id="change_choice",
)
def change_choice(request: HttpRequest, choice_id: str, change: shapes.Change, secret: str = SECRET) -> shapes.Choice:
    """Choose another post office or another service; the choice keeps its id, its secret and its recipient."""
    held = _held(request, choice_id, secret)
    return shapes.Choice(**_state(held, _choose(held, change.office_id, change.service)))


@api.put(
    "/choices/{choice_id}/recipient",
    response=_answers(200, shapes.Choice, *OF_A_CHOICE, *OF_A_BODY),
    operation_id="say_recipient",
)
def say_recipient(
    request: HttpRequest, choice_id: str, recipient: shapes.Recipient, secret: str = SECRET
) -> shapes.Choice:
    """Say who picks up. A question comes back as an error with the code `question`: confirm the field, or mend it."""
    held = _held(request, choice_id, secret)
    shop.say_recipient(held, recipient.model_dump(exclude={"confirmed"}), confirmed=recipient.confirmed)
    return shapes.Choice(**_state(held))


@api.post(
    "/choices/{choice_id}/reserve",
    response=_answers(200, shapes.Choice, *OF_A_CHOICE, *OF_A_BODY),
    operation_id="reserve",
)
def reserve(
    request: HttpRequest, choice_id: str, asked: shapes.Reserve, secret: str = SECRET, key: str = KEY
) -> shapes.Choice:
    """Freeze the choice for a payment that begins now; every refusal that there is comes here."""
    held = _held(request, choice_id, secret)
    # The buyer's own program says it: it is compared with a price, and never becomes what the delivery costs.
    charge = asked.charge if held.draft and held.draft.price is not None else None
    do = partial(shop.reserve, held.id, seen=asked.seen, cart=_cart(request), charge=charge, secret=secret)
    once(key, f"reserve {held.id}", asked.model_dump_json(), do)
    return _done(_held(request, choice_id, secret), reserved=True)


@api.post(
    "/choices/{choice_id}/unreserve",
    response=_answers(200, shapes.Choice, *OF_A_CHOICE, 422, *ALWAYS),
    operation_id="unreserve",
)
def unreserve(request: HttpRequest, choice_id: str, secret: str = SECRET, key: str = KEY) -> shapes.Choice:
    """Give a reserved choice back: nothing more can come of its payment."""
    held = _held(request, choice_id, secret)
    once(key, f"unreserve {held.id}", "", partial(shop.unreserve, held.id, secret=secret))
    return _done(_held(request, choice_id, secret), reserved=False)


@api.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False, operation_id="nothing"
)
def nothing(request: HttpRequest, rest: str) -> None:
    """Answer for what is at no address."""
    raise problems.RequestRefused(problems.NOT_FOUND)


# After the last operation.
PATTERNS = api.patterns()


def _visitor(request: HttpRequest) -> shop.Visitor:
    return shop.visitor_of(request, has_session=False)


def _cart(request: HttpRequest) -> Any:
    """Return what the shop says is bought; raises CartUnknown where its prices need one and there is none."""
    cart = asking.cart_of(request)
    if cart is None and asking.keeps_prices():
        raise errors.CartUnknown
    return cart


def _held(request: HttpRequest, choice_id: str, secret: str) -> shop.Choice:
    return shop.choice(choice_id, secret, cart=asking.cart_of(request), visitor=_visitor(request))


def _done(choice: shop.Choice, *, reserved: bool) -> shapes.Choice:
    """Return how a choice stands that was ``reserved`` or given back; raises RequestRefused if that is undone."""
    if choice.draft and (choice.draft.state == DeliveryState.DRAFT) is reserved:
        raise problems.RequestRefused(problems.KEY_OUTDATED)
    return shapes.Choice(**_state(choice))


def _choose(choice: shop.Choice, office_id: str | None, service: str | None) -> list[problems.Message]:
    """Give a choice what is named; returns why the service does not go there, where the office was saved."""
    before = choice.draft.office_id if choice.draft else ""
    try:
        shop.choose(choice, office_id, service=service or "", now=True)
    except errors.NotMailable as error:
        if office_id is None or choice.draft is None or choice.draft.office_id == before:
            raise
        return [problems.message_of(error)]
    return []


def _state(choice: shop.Choice, said: Sequence[problems.Message] = ()) -> dict[str, Any]:
    draft, messages = choice.draft, list(said)
    if draft is None:
        raise errors.DraftUnknown
    reserved = draft.reserved_at if draft.state == DeliveryState.RESERVED else None
    review: shop.Review | None = None
    try:
        if reserved:
            # It is frozen for its payment, whatever has become of the cart since.
            review = shop.Review(draft, fingerprint(draft))
            refuse_unfit(draft, review.seen)
        else:
            review = shop.review_choice(choice)
    except errors.DraftIncomplete:
        messages += _priced(choice, draft)
    except errors.DeliverToPoError as error:
        messages.append(problems.message_of(error))
    return {
        "id": choice.id,
        "state": "placed" if draft.order_id else "reserved" if reserved else "draft",
        "next": _next(draft, messages),
        "expires_at": reserved + RESERVED_FOR if reserved else None if draft.order_id else draft.expires_at,
        "office_id": draft.office_id,
        "service": draft.service,
        "price": draft.price,
        "tax_province": asking.tax_destination_of(draft),
        "seen": review.seen if review else "",
        "notice": review.notice if review else "",
        "summary": shapes.Words(**asdict(review.summary)) if review else None,
        "messages": messages,
    }


def _priced(choice: shop.Choice, draft: Delivery) -> list[problems.Message]:
    """Settle the price of a choice whose recipient is not known yet; returns what is in its way."""
    try:
        keep_price(draft, choice.cart)
    except errors.NotMailable as error:
        return [problems.message_of(error)]
    return []


def _next(draft: Delivery, messages: Sequence[problems.Message]) -> str | None:
    if draft.order_id:
        return None
    if draft.state == DeliveryState.RESERVED:
        return "unreserve" if messages else "place"
    if any(one.code == errors.OfficeNoLongerTakesParcels.code for one in messages):
        return "office"
    if not draft.complete:
        return "recipient"
    return "reserve"


def _found(
    request: HttpRequest, near: str | tuple[float, float], limit: int | None, filters: Sequence[str]
) -> shapes.Offices:
    cart = asking.cart_of(request)
    try:
        found = shop.find_offices(near, cart, filters=filters, limit=limit, visitor=_visitor(request))
    except errors.QueryNotUnderstood as error:
        if isinstance(near, str):
            raise
        # Nothing that somebody has typed is wrong.
        raise problems.RequestRefused(problems.Refusal(422, error.code, error.message)) from None
    said = standing(found.rung, found.received_at, found.precision, over_limit=found.over_limit)
    return shapes.Offices(
        source=found.rung,
        received_at=found.received_at,
        notice=said.sentence if said else "",
        offices=[_office(one, current_language()) for one in found.offices],
    )


# Many clients are told of the same list within a minute, each in a language, the active one.
@lru_cache(maxsize=1024)
def _office(listed: shop.ListedOffice, _language: str) -> shapes.Office:
    office, now, point = listed.office, listed.opening, listed.office.coordinates
    zone = zone_of_office(office)
    return shapes.Office(
        id=office.office_id,
        name=as_people_read(office.name),
        location=as_people_read(office.location),
        address=shapes.Address(
            street=as_people_read(office.street),
            city=as_people_read(office.city),
            province=office.province,
            postal_code=office.postal_code,
        ),
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
        distance_km=office.distance_km,
        hours=_hours(office.hours) if office.hours else None,
        time_zone=zone.key if zone else None,
        open_now={State.OPEN: True, State.CLOSED: False}.get(now.state) if now else None,
        bilingual=office.bilingual,
        offers=[_offer(one) for one in listed.offers],
    )


def _hours(week: WeeklyHours) -> list[shapes.Hours]:
    return [
        shapes.Hours(day=day, opens=f"{one.opens:%H:%M}", closes=f"{one.closes:%H:%M}")
        for day in range(1, 8)
        for one in week.on(day)
    ]


def _offer(offer: shop.Offer) -> shapes.Offer:
    return shapes.Offer(
        service=offer.service.value,
        name=offer.name,
        available=offer.available,
        reason=offer.reason,
        price=offer.price,
        kind=offer.price_kind or None,
        price_from=offer.price_from,
        expected_from=offer.expected_from,
    )
