"""The group of clerks: made once, with what a packer needs."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from deliver_to_po.admin import permissions
from deliver_to_po.management.commands.d2po_clerks import MAY, NAME

pytestmark = pytest.mark.django_db


def test_the_group_of_clerks_is_made_once_and_keeps_what_was_added() -> None:
    call_command("d2po_clerks", verbosity=0)
    group = Group.objects.get(name=NAME)
    assert set(group.permissions.values_list("codename", flat=True)) == set(MAY)
    group.permissions.remove(*group.permissions.filter(codename="view_label"))
    call_command("d2po_clerks", verbosity=0)
    assert group.permissions.count() == len(MAY)
    assert Group.objects.count() == 1


def test_a_clerk_of_the_group_may_pack_and_not_erase() -> None:
    call_command("d2po_clerks", verbosity=0)
    user = User.objects.create_user("packer", is_staff=True)
    user.groups.add(Group.objects.get(name=NAME))
    # Every button of the desk but those that undo or empty it, or show whatever is held of a person.
    allowed = {value for name, value in vars(permissions).items() if name.isupper()}
    refused = {permissions.ERASE, permissions.DELETE, permissions.ANSWER_PRIVACY_REQUESTS}
    assert {name for name in allowed if not user.has_perm(name)} == refused
