"""Registers with the outbox what expires and what is erased."""

from deliver_to_po.outbox.jobs import Housekeeping, registry
from deliver_to_po.privacy import answering, erasing, expiring
from deliver_to_po.privacy.lifetimes import AT_A_TIME


def register() -> None:
    registry.add(
        Housekeeping("expired drafts", expiring.delete_expired_drafts, AT_A_TIME, for_good=True),
        Housekeeping("forgotten reservations", expiring.delete_forgotten_reservations, AT_A_TIME, for_good=True),
        Housekeeping("deliveries that waited too long", expiring.expire_deliveries, AT_A_TIME, for_good=True),
        Housekeeping("recipients", erasing.erase_recipients, AT_A_TIME, for_good=True),
        Housekeeping("exports", erasing.erase_exports, AT_A_TIME, for_good=True),
        Housekeeping("manifests", erasing.erase_manifests, AT_A_TIME, for_good=True),
        Housekeeping("log of privacy requests", answering.forget_whom, AT_A_TIME, for_good=True),
    )
