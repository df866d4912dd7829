"""Makes the group "Shipping clerk", with what somebody needs who packs and sends parcels."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import CommandError
from django.db import transaction

from deliver_to_po.management.brief import BriefCommand

NAME = "Shipping clerk"
# Not among them: erasing recipients, answering privacy requests, deleting tests, pausing the option.
MAY = (
    "view_delivery",
    # From its list a link leads to the parcels shipped by hand.
    "view_export",
    "view_manifest",
    "view_office",
    "view_pause",
    "hand_off_delivery",
    "choose_office",
    "hold_delivery",
    "cancel_delivery",
    "correct_recipient",
    "change_parcels",
    "make_again",
    "settle_shipment",
    "view_label",
    "print_labels",
    "ship_by_hand",
    "transmit_manifest",
)


class Command(BriefCommand):
    """What an administrator added to the group stays in it."""

    help = (
        f'Make the group "{NAME}" and give it the permissions of a clerk who packs and sends parcels. Run it again '
        "after an update. Then put your clerks into the group, and mark them as staff."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the group, or add what it lacks."""
        with transaction.atomic():
            made = _make_group()
        if options["verbosity"]:
            self.stdout.write(
                f'The group "{NAME}" {"is made" if made else "was there"}, and has {len(MAY)} permissions.'
            )


def _make_group() -> bool:
    """Give the group its permissions, and say whether it had to be made."""
    found = Permission.objects.filter(content_type__app_label="deliver_to_po", codename__in=MAY)
    missing = set(MAY) - set(found.values_list("codename", flat=True))
    if missing:
        raise CommandError(f'Permissions are missing ({", ".join(sorted(missing))}): run "manage.py migrate" first.')
    group, made = Group.objects.get_or_create(name=NAME)
    group.permissions.add(*found)
    return made
