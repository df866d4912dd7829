"""What Canada Post lists of what it holds: groups, the days of a shop without a contract, manifests."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError, NotFound
from deliver_to_po.canadapost.types import ShipmentInfo
from deliver_to_po.shipping.answers import Made, NotYet, Refused
from deliver_to_po.shipping.canadapost_answers import has_failed, not_held, not_now
from deliver_to_po.shipping.listing import Held, ListsShipments

Told = TypeVar("Told")


class CanadaPostLists(ListsShipments):
    """Asks Canada Post for lists, through the client of the shipping system that this is part of."""

    @property
    @abstractmethod
    def _canada_post(self) -> CanadaPost: ...

    @abstractmethod
    def _made(self, info: ShipmentInfo) -> Made: ...

    @property
    def has_groups(self) -> bool:
        return self._canada_post.capabilities.manifests

    def groups(self) -> Sequence[str] | NotYet:
        return _told(self._canada_post.groups)

    def in_group(self, group: str) -> Sequence[str] | NotYet:
        return _told(lambda: self._canada_post.find_by_group(group))

    def made_on(self, day: date) -> Sequence[str] | NotYet:
        return _told(lambda: self._canada_post.find_by_day(day))

    def manifests(self, first: date, last: date) -> Sequence[str] | NotYet:
        return _told(lambda: self._canada_post.find_manifests(first, last))

    def in_manifest(self, manifest_id: str) -> Sequence[str] | NotYet:
        return _told(lambda: self._told_of(manifest_id))

    def about(self, shipment_id: str) -> Held | NotYet | None:
        try:
            info = self._canada_post.shipment(shipment_id)
            reference = self._canada_post.shipment_details(shipment_id).reference
        except NotFound as error:
            answer = self._if_it_answers(error)
            return answer if isinstance(answer, NotYet) and not error.by_service else None
        except CanadaPostError as error:
            return not_now(error)
        return Held(self._made(info), info.request_id, reference, _group_of(info))

    def _if_it_answers(self, error: NotFound) -> NotYet | Refused:
        """Return what a 404 says of a shipment: nothing, unless the service answers something else meanwhile."""
        if not self._canada_post.capabilities.manifests:
            return not_now(error)
        try:
            self._canada_post.groups()
        except CanadaPostError as trouble:
            return not_now(trouble)
        return not_held(error)

    def _told_of(self, manifest_id: str) -> Sequence[str]:
        """Return the shipments of a manifest, none of one whose transmission failed afterwards."""
        try:
            manifest = self._canada_post.manifest(manifest_id)
        except CanadaPostError as error:
            if has_failed(error):
                return ()
            raise
        return () if manifest.is_empty else self._canada_post.manifest_shipments(manifest)


def _told(ask: Callable[[], Told]) -> Told | NotYet:
    try:
        return ask()
    except CanadaPostError as error:
        return not_now(error)


def _group_of(info: ShipmentInfo) -> str:
    """Return the group that a shipment lies in, from its link to it: a search with one parameter."""
    link = info.link("group")
    asked = parse_qsl(urlsplit(link.href).query) if link else []
    return asked[0][1] if len(asked) == 1 else ""
