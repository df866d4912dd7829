"""Is the option withdrawn just now, and what a person is told then: the merchant paused it, or nothing answers."""

from deliver_to_po.errors import OfficesUnavailable
from deliver_to_po.models.pause_in_force import lately_in_force, paused
from deliver_to_po.offices.outage import nothing_answers


def withdrawn() -> str:
    """Return why the option is withdrawn, in the active language, or ``""``: for where a shop lists its methods.

    It is while the merchant has paused it, and for a minute after a search that nothing could answer. One question to
    the cache, and every few seconds an indexed one to the database; no call.
    """
    return (paused() if lately_in_force() else "") or (str(OfficesUnavailable.message) if nothing_answers() else "")
