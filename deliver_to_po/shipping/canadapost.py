"""Canada Post itself as the shipping system: it makes the D2PO shipment and its label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, Self

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError, NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id, normalize_postal_code
from deliver_to_po.canadapost.types import Address, ShipmentInfo, ShipmentStatus
from deliver_to_po.carrier import canada_post, forbidden_reason
from deliver_to_po.choices import Reason
from deliver_to_po.conf import CanadaPostSettings, app_settings
from deliver_to_po.shipping.base import (
    Found,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    RefundAsked,
    Refused,
    ShipmentRequest,
    ShippingSystem,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.canadapost_answers import (
    info_of,
    made_of,
    no_label,
    no_manifest,
    not_held,
    not_held_to_exclude,
    not_made,
    not_now,
    not_refunded,
    not_voided,
)
from deliver_to_po.shipping.rules import carrier_request, objection_to, transmit_request

DAY = "2026-11-26"
# So many shipments are asked about that no manifest tells of; where there are more, a manifest is still to come.
ASKED_ONE_BY_ONE = 50
# What Canada Post's limit leaves beside the date.
GROUP_PREFIX_LENGTH = lengths.GROUP_ID - len(f"-{DAY}")


class CanadaPostShipping(ShippingSystem):
    """Hands a shipment to Canada Post's own service, through the API that is chosen when the shipment is released."""

    name = _("Canada Post")
    supports_d2po = True

    def __init__(self, alias: str, options: Mapping[str, Any], api: str = ""):
        super().__init__(alias, options)
        self._api = api

    @property
    def api(self) -> str:
        return self._settings.api

    def speaking(self, api: str) -> Self:
        return type(self)(self.alias, self.options, api)

    @property
    def can_look_up(self) -> bool:
        can = self._canada_post.capabilities
        return can.find_by_request_id or can.find_by_group

    @property
    def refuses_repeated_ids(self) -> bool:
        # Code 7314. What is made without a contract has no request id.
        return not self._without_contract

    @property
    def can_void(self) -> bool:
        # Without a contract a shipment is charged when it is made.
        return not self._without_contract

    @property
    def can_refund(self) -> bool:
        return self._canada_post.capabilities.refund

    def group(self, day: date) -> str:
        prefix = self._settings.group_prefix
        return f"{prefix}-{day.isoformat()}" if prefix else day.isoformat()

    def obstacle(self, *, live: bool) -> NotYet | None:
        reason = forbidden_reason(self._settings, live=live)
        return NotYet(reason=reason) if reason else None

    def objection(self, request: ShipmentRequest) -> Refused | None:
        return objection_to(request)

    def create(self, request: ShipmentRequest) -> Made | NotYet | Refused | Unknown:
        if obstacle := self.obstacle(live=request.live):
            return obstacle
        try:
            return made_of(self._canada_post.create_shipment(carrier_request(request)))
        except CanadaPostError as error:
            return not_made(error)

    def look_up(self, request: ShipmentRequest) -> Sequence[Found] | NotYet:
        try:
            return [Found(made_of(info), self._is_same(info, request)) for info in self._held_under(request)]
        except CanadaPostError as error:
            return not_now(error)

    def label(self, made: Made) -> Label | NotYet:
        try:
            artifact = self._canada_post.label(self._with_links(made))
        except CanadaPostError as error:
            return no_label(error)
        return Label(artifact.content, artifact.media_type)

    def _with_links(self, made: Made) -> ShipmentInfo:
        """Return the shipment with its links; of one that a person has found only the numbers were kept."""
        info, carrier = info_of(made), self._canada_post
        if info.links or not (made.tracking_number and carrier.capabilities.find_by_pin):
            return info
        held = carrier.find_by_pin(made.tracking_number)
        return next((each for each in held if each.shipment_id == made.shipment_id), info)

    def void(self, made: Made) -> Voided | NotYet | Refused | Unknown:
        try:
            self._canada_post.void_shipment(made.shipment_id)
        except NotFound as error:
            return self._not_held(made, error)
        except CanadaPostError as error:
            return not_voided(error)
        return Voided()

    def refund(self, made: Made, email: str) -> RefundAsked | NotYet | Refused | Unknown:
        try:
            ticket = self._canada_post.refund_shipment(made.shipment_id, email)
        except CanadaPostError as error:
            return not_refunded(error)
        return RefundAsked(said=ticket.ticket_id)

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

    def _if_it_answers(self, error: NotFound) -> NotYet | Refused:
        if not self._canada_post.capabilities.manifests:
            return not_now(error)
        try:
            self._canada_post.groups()
        except CanadaPostError as trouble:
            return not_now(trouble)
        return not_held(error)

    # The day's end

    @property
    def can_transmit(self) -> bool:
        return self._canada_post.capabilities.manifests

    def is_own_group(self, group: str) -> bool:
        try:
            day = date.fromisoformat(group[-len(DAY) :])
        except ValueError:
            return False
        return group == self.group(day)

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

        A group may be listed still for others, such as those that were excluded; and a manifest may hold only some.
        """
        try:
            manifests = self._manifests_about(request)
            if not manifests and not self._is_transmitted(request):
                return NotTransmitted()
            told_of = set(chain.from_iterable(manifests.values()))
            missing = [each for each in request.shipment_ids if each not in told_of]
            if len(missing) > ASKED_ONE_BY_ONE:
                return NotYet(reason=Reason.MANIFEST_NOT_READY)
            left = tuple(each for each in missing if self._became_of(each, request) is False)
            return Transmitted(manifest_ids=tuple(manifests), left=left)
        except CanadaPostError as error:
            return not_now(error)

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        carrier = self._canada_post
        try:
            manifest = carrier.manifest(manifest_id)
            document = carrier.manifest_document(manifest)
            told_of = carrier.manifest_shipments(manifest)
        except CanadaPostError as error:
            return no_manifest(error)
        return ManifestDocument(manifest.po_number, document.content, tuple(told_of))

    def _is_transmitted(self, request: Transmission) -> bool:
        """Say whether the first of the shipments that still exists is transmitted."""
        answers = (self._became_of(each, request) for each in request.shipment_ids)
        return next((transmitted for transmitted in answers if transmitted is not None), False)

    def _became_of(self, shipment_id: str, request: Transmission) -> bool | None:
        """Say whether a shipment is transmitted; None when it is gone: it was voided at Canada Post's own site."""
        try:
            status = self._canada_post.shipment_details(shipment_id).status
        except NotFound:
            return None
        if status in (ShipmentStatus.CREATED, ShipmentStatus.TRANSMITTED):
            return status == ShipmentStatus.TRANSMITTED
        # A status that Canada Post does not publish: a group that is still listed is not transmitted.
        return not set(self._canada_post.groups()).intersection(request.groups)

    def _manifests_about(self, request: Transmission) -> Mapping[str, Sequence[str]]:
        """Return the manifests that tell of ours, and of which shipments each does.

        They were made since the request, or on the day before in another time zone.
        """
        carrier, ours = self._canada_post, set(request.shipment_ids)
        made = carrier.find_manifests(request.since - timedelta(days=1), timezone.localdate() + timedelta(days=1))
        told_of = {each: tuple(carrier.manifest_shipments(carrier.manifest(each))) for each in made}
        return {each: shipments for each, shipments in told_of.items() if ours.intersection(shipments)}

    def _held_under(self, request: ShipmentRequest) -> Iterable[ShipmentInfo]:
        carrier = self._canada_post
        if carrier.capabilities.find_by_request_id:
            return carrier.find_shipments(request.request_id)
        # The XML API cannot be asked by request id: list the group and compare.
        return [info for info in carrier.find_by_group(request.group) if info.request_id == request.request_id]

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
    def _without_contract(self) -> bool:
        return self._settings.api == "webservices" and self._settings.without_contract

    @property
    def _settings(self) -> CanadaPostSettings:
        return app_settings.canada_post.speaking(self._api)


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
