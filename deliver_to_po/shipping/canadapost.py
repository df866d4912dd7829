"""Canada Post itself as the shipping system: it makes the D2PO shipment and its label."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum
from itertools import chain
from typing import Any, Self

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError, NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id, normalize_postal_code
from deliver_to_po.canadapost.types import Address, ShipmentInfo, ShipmentStatus
from deliver_to_po.core.carrier import canada_post, forbidden_reason
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import CanadaPostSettings, app_settings
from deliver_to_po.core.keyed_hash import shops_keys
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.shipping.answers import (
    Found,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    RefundAsked,
    Refused,
    ShipmentRequest,
    Tracked,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.canadapost_answers import (
    info_of,
    made_of,
    no_history,
    no_label,
    no_manifest,
    not_held,
    not_held_to_exclude,
    not_made,
    not_now,
    not_refunded,
    not_voided,
)
from deliver_to_po.shipping.canadapost_events import tracked_of
from deliver_to_po.shipping.canadapost_listing import CanadaPostLists
from deliver_to_po.shipping.canadapost_request import carrier_request, transmit_request
from deliver_to_po.shipping.objections import objection_to

DAY = "2026-11-26"
# How many shipments that no manifest names are asked about; if there are more, a manifest is still to come.
ASKED_ONE_BY_ONE = 50
# What Canada Post's limit leaves beside the date.
GROUP_PREFIX_LENGTH = lengths.GROUP_ID - len(f"-{DAY}")


NOT_TOLD = NotYet(reason=Reason.MANIFEST_NOT_READY)


class Stands(Enum):
    """How a shipment that was to be transmitted stands; it is gone if it was voided at Canada Post's own site."""

    TRANSMITTED = "transmitted"
    NOT_TRANSMITTED = "not transmitted"
    GONE = "gone"
    NOT_TOLD = "not told"


class CanadaPostShipping(CanadaPostLists):
    """Hands a shipment to Canada Post's own service, through the API that is chosen when the shipment is released."""

    name = _("Canada Post")
    gives_to = ""
    supports_d2po = True
    can_look_up = True
    can_refund = True
    can_track = True

    def __init__(self, alias: str, options: Mapping[str, Any], api: str = ""):
        super().__init__(alias, options)
        self._api = api

    @property
    def api(self) -> str:
        return self._settings.spoken

    def speaking(self, api: str) -> Self:
        return type(self)(self.alias, self.options, api)

    @property
    def refuses_repeated_ids(self) -> bool:
        # Code 7314.
        return not self.doubles_repeated_ids

    @property
    def doubles_repeated_ids(self) -> bool:
        # The XML API's service without a contract has no request id: ours is a reference to it.
        return self._settings.api == "webservices" and self._settings.without_contract

    @property
    def can_void(self) -> bool:
        return self._canada_post.capabilities.void

    def group(self, day: date) -> str:
        return _group(self._prefixes[0], day) if self.can_transmit else ""

    @property
    def _prefixes(self) -> Sequence[str]:
        """Return what the names of the shop's groups begin with now, and what before its key was changed."""
        prefix = self._settings.group_prefix
        return [own_prefix(key) for key in shops_keys()] if prefix is None else [prefix]

    def obstacle(self, *, live: bool) -> NotYet | None:
        reason = forbidden_reason(self._settings, live=live)
        return NotYet(reason=reason) if reason else None

    def objection(self, request: ShipmentRequest) -> Refused | None:
        return objection_to(request)

    def create(self, request: ShipmentRequest) -> Made | NotYet | Refused | Unknown:
        if obstacle := self.obstacle(live=request.live):
            return obstacle
        try:
            return self._made(self._canada_post.create_shipment(carrier_request(request)))
        except CanadaPostError as error:
            return not_made(error)

    def look_up(self, request: ShipmentRequest) -> Sequence[Found] | NotYet:
        try:
            others = frozenset(request.others)
            held = self._canada_post.find_shipments(request.request_id, sent_at=request.sent_at, others=others)
            return [Found(self._made(info), self._is_same(info, request)) for info in held]
        except CanadaPostError as error:
            return not_now(error)

    def _made(self, info: ShipmentInfo) -> Made:
        """Return a shipment; without a contract it is charged when it is made, whatever word its status has."""
        made = made_of(info)
        return made if self.can_void or made.suspended else replace(made, transmitted=True)

    def label(self, made: Made) -> Label | NotYet:
        try:
            artifact = self._canada_post.label(self._with_links(made))
        except CanadaPostError as error:
            return no_label(error)
        return Label(artifact.content, artifact.media_type)

    def _with_links(self, made: Made) -> ShipmentInfo:
        """Return the shipment with its links, which nothing kept of one that a person has found.

        It has none where the other number that is known is not that shipment's: one of them was mistyped.
        """
        info, request_id = info_of(made), str(made.data.get("request_id", ""))
        if info.links or not (made.tracking_number or request_id):
            return info
        held = self._canada_post.shipment(made.shipment_id)
        if made.tracking_number:
            # A JSON number has no zeros at its start.
            return held if held.tracking_pin.lstrip("0") in ("", made.tracking_number.lstrip("0")) else info
        return held if held.request_id in ("", request_id) else info

    def void(self, made: Made) -> Voided | NotYet | Refused | Unknown:
        try:
            self._canada_post.void_shipment(made.shipment_id)
        except NotFound as error:
            return self._not_held(made, error)
        except CanadaPostError as error:
            answer = not_voided(error)
            return replace(answer, gone=self._is_gone(made)) if isinstance(answer, Unknown) else answer
        return Voided()

    def _is_gone(self, made: Made) -> bool:
        """Say whether Canada Post no longer knows a shipment, while it answers something else."""
        try:
            self._canada_post.shipment_details(made.shipment_id)
        except NotFound as error:
            return isinstance(self._if_it_answers(error), Refused)
        except CanadaPostError:
            pass
        return False

    def refund(self, made: Made, email: str) -> RefundAsked | NotYet | Refused | Unknown:
        try:
            ticket = self._canada_post.refund_shipment(made.shipment_id, email)
        except CanadaPostError as error:
            return not_refunded(error)
        return RefundAsked(said=gettext("service ticket %(number)s") % {"number": ticket.ticket_id})

    def _not_held(self, made: Made, error: NotFound) -> NotYet | Refused:
        """Return what a void that found nothing says; only a second answer of the same kind is believed.

        A 404 of a gateway may mean that the service is away, so the service must answer something else meanwhile.
        """
        try:
            self._canada_post.shipment_details(made.shipment_id)
        except NotFound as again:
            return not_held(again) if error.by_service and again.by_service else self._if_it_answers(again)
        except CanadaPostError as trouble:
            return not_now(trouble)
        return not_now(error)

    def track(self, tracking_number: str) -> Tracked | NotYet:
        carrier = canada_post(api=self._api, background=True, patient=False)
        try:
            return tracked_of(carrier.tracking_details(tracking_number))
        except CanadaPostError as error:
            return no_history(error)

    def numbers_of(self, reference: str, first: date, last: date) -> Sequence[str] | NotYet:
        """Return the tracking numbers of parcels that carry a reference, mailed between two days, whoever made them."""
        try:
            return canada_post(api=self._api, background=True, patient=False).find_pins(reference, first, last)
        except CanadaPostError as error:
            return no_history(error)

    # The day's end

    @property
    def can_transmit(self) -> bool:
        return self._canada_post.capabilities.manifests

    def is_own_group(self, group: str) -> bool:
        try:
            day = date.fromisoformat(group[-len(DAY) :])
        except ValueError:
            return False
        return self.can_transmit and group in {_group(prefix, day) for prefix in self._prefixes}

    def transmit(self, request: Transmission) -> Transmitted | NotYet | Refused | Unknown:
        if obstacle := self.obstacle(live=request.live):
            return obstacle
        try:
            return Transmitted(manifest_ids=tuple(self._manifests_of(request)))
        except CanadaPostError as error:
            return not_made(error)

    def _manifests_of(self, request: Transmission) -> Sequence[str]:
        """Transmit; where Canada Post does not hold what is excluded and so refuses, once more without excluding that.

        It may be voided, and its answer have got lost. Nothing was transmitted by a request that is refused.
        """
        try:
            return self._canada_post.transmit(transmit_request(request))
        except CanadaPostError as error:
            gone = not_held_to_exclude(error).intersection(request.excluded)
            if not gone:
                raise
        held = tuple(each for each in request.excluded if each not in gone)
        return self._canada_post.transmit(transmit_request(replace(request, excluded=held)))

    def find_transmission(self, request: Transmission) -> Transmitted | NotTransmitted | NotYet:
        """Compare what was meant with the manifests, and ask about each shipment that none of them tells of.

        A manifest may hold only some of them.
        """
        try:
            manifests = self._manifests_about(request)
            if not manifests:
                first = self._first_held(request)
                if first != Stands.TRANSMITTED:
                    return NOT_TOLD if first == Stands.NOT_TOLD else NotTransmitted()
            told_of = set(chain.from_iterable(manifests.values()))
            missing = [each for each in request.shipment_ids if each not in told_of]
            if len(missing) > ASKED_ONE_BY_ONE:
                return NOT_TOLD
            stand = {each: self._stands(each, request) for each in missing}
        except CanadaPostError as error:
            return not_now(error)
        if Stands.NOT_TOLD in stand.values():
            return NOT_TOLD
        left = tuple(each for each in missing if stand[each] == Stands.NOT_TRANSMITTED)
        return Transmitted(manifest_ids=tuple(manifests), left=left)

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        carrier = self._canada_post
        try:
            manifest = carrier.manifest(manifest_id)
            if manifest.is_empty:
                return ManifestDocument("", b"")
            document = carrier.manifest_document(manifest)
            told_of = carrier.manifest_shipments(manifest)
        except CanadaPostError as error:
            return no_manifest(error)
        return ManifestDocument(manifest.po_number, document.content, tuple(told_of))

    def _first_held(self, request: Transmission) -> Stands:
        """Return how the first of the shipments that still exists stands."""
        answers = (self._stands(each, request) for each in request.shipment_ids)
        return next((stands for stands in answers if stands != Stands.GONE), Stands.GONE)

    def _stands(self, shipment_id: str, request: Transmission) -> Stands:
        try:
            status = self._canada_post.shipment_details(shipment_id).status
        except NotFound as error:
            return Stands.GONE if isinstance(self._if_it_answers(error), Refused) else Stands.NOT_TOLD
        if status == ShipmentStatus.TRANSMITTED:
            return Stands.TRANSMITTED
        if status != ShipmentStatus.OTHER:
            return Stands.NOT_TRANSMITTED
        # A group that is still listed may be empty, or listed for others, such as those that were excluded.
        is_listed = set(self._canada_post.groups()).intersection(request.groups)
        return Stands.NOT_TOLD if is_listed else Stands.TRANSMITTED

    def _manifests_about(self, request: Transmission) -> Mapping[str, Sequence[str]]:
        """Return the manifests that tell of ours, and of which shipments each does.

        They were made since the request, or on the day before in another time zone. A manifest that cannot be read may
        be another program's: that is trouble only while a shipment of ours is in no other.
        """
        missing = set(request.shipment_ids)
        about: dict[str, Sequence[str]] = {}
        trouble: CanadaPostError | None = None
        for each in self._canada_post.find_manifests(request.since - timedelta(days=1), shop_day() + timedelta(days=1)):
            try:
                told_of = self._told_of(each)
            except CanadaPostError as error:
                trouble = error
            else:
                if missing.intersection(told_of):
                    about[each] = told_of
                    missing.difference_update(told_of)
        if trouble and missing:
            raise trouble
        return about

    def _is_same(self, shipment: ShipmentInfo, request: ShipmentRequest) -> bool:
        if shipment.request_id not in ("", request.request_id):
            return False
        held = self._canada_post.shipment_details(shipment.shipment_id)
        return (
            comparable_office_id(held.office_id) == comparable_office_id(request.office.office_id)
            and held.service == request.service
            and _folded(held.recipient_name) == _folded(request.recipient.name)
            and _comparable(held.recipient_address) == _comparable(request.recipient.address)
        )

    @property
    def _canada_post(self) -> CanadaPost:
        return canada_post(api=self._api, background=True)

    @property
    def _settings(self) -> CanadaPostSettings:
        return app_settings.canada_post.speaking(self._api)


def own_prefix(secret_key: str | bytes) -> str:
    """Return what no other shop's groups begin with: made from the key that no other shop has."""
    made = salted_hmac("deliver_to_po.group_prefix", "", secret=secret_key, algorithm="sha256")
    return f"shop-{made.hexdigest()[:8]}"


def _group(prefix: str, day: date) -> str:
    return f"{prefix}-{day.isoformat()}" if prefix else day.isoformat()


def _comparable(address: Address) -> tuple[str, ...]:
    return (
        _folded(address.line_1),
        _folded(address.line_2),
        _folded(address.city),
        _folded(address.province),
        normalize_postal_code(address.postal_code),
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
