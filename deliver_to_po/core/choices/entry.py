"""What is known of one reason, how it is told, and the advice that several reasons share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db.models.enums import ChoicesType
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.events import Outcome
from deliver_to_po.core.choices.vocabulary import Vocabulary


@dataclass(frozen=True)
class Entry:
    """All that is known of one reason.

    ``why`` may name the shipping system as ``%(system)s``; ``advice`` is what a clerk can do. ``mendable`` says that
    the shop may have settled it since: what is on hold for it is tried again when its release is asked for again.
    ``passes`` says that it ends with time. ``slow`` says that a person has to mend it first: trying again soon would
    only repeat it. ``outcome`` is how an attempt that is answered with it ended, None if that depends.
    """

    why: str | Promise = ""
    advice: str | Promise = ""
    mendable: bool = False
    passes: bool = False
    slow: bool = False
    outcome: Outcome | None = None


if TYPE_CHECKING:
    # mypy takes no other metaclass for an enum's.
    ValuedByName = ChoicesType
else:

    class ValuedByName(ChoicesType):
        """Gives each member its name in small letters as its value, NONE an empty one: what the database keeps."""

        def __new__(cls, name, bases, members):
            for member in members._member_names:
                dict.__setitem__(members, member, ("" if member == "NONE" else member.lower(), members[member]))
            return super().__new__(cls, name, bases, members)


class Explained(Vocabulary, metaclass=ValuedByName):
    """A closed list whose members are each made of an entry."""

    entry: Entry

    # Typed Any because mypy takes a look-up by value, Reason("paused"), for the same call.
    def __new__(cls, value: str, entry: Any = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.entry = entry
        return member

    @property
    def label(self) -> str | Promise:
        """Return why, with the place of the shipping system's name left open."""
        return self.entry.why

    def why(self, system: object = "") -> str:
        """Return why, in the active language; ``system`` is the name of the shipping system that it is about."""
        return str(self.label) % {"system": system or _("The shipping system")} if self.value else ""

    @property
    def advice(self) -> str:
        """Return what a clerk can do, in the active language; ``""`` for no reason."""
        return str(self.entry.advice)

    @property
    def ends_by_itself(self) -> bool:
        """Say whether nobody decided on it: it ends with time, or when the shop mends something."""
        return self.entry.passes or self.entry.mendable


BY_ITSELF = _("You do not need to do anything: it will be tried again automatically.")
LABEL_COMES = _("You do not need to do anything: the label will be fetched automatically.")
MANIFEST_COMES = _("You do not need to do anything: the manifest will be fetched automatically.")
CORRECT_IT = _("Correct what is named here; then press “Request the label”.")
ASK_BUYER = _("Ask the buyer which post office it should be, or ship the order another way.")
LOOK_UP = _("Look the parcel up in the shipping system by its request ID before you ship it another way.")
IF_NOT_THERE = _("Look the parcel up in the shipping system. If it is not there, press “Nothing was made”.")
TAKE_BACK = _(
    "Void or refund the parcel in the shipping system, or ask its support to, and destroy the label. Then press "
    "“Nothing was made”."
)
