"""One call to the emulator, and the table of what may be called."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Literal, TypeAlias

from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.emulator.controls.faults import FaultPlan
from deliver_to_po.emulator.country.offices import Office, all_offices, office
from deliver_to_po.emulator.refusals import Problem
from deliver_to_po.emulator.state import State
from deliver_to_po.emulator.throttle import Throttle


@dataclass
class World:
    """Everything that calls share."""

    config: EmulatorConfig
    state: State
    faults: FaultPlan = field(default_factory=FaultPlan)
    throttle: Throttle = field(default_factory=Throttle)
    # Set once the emulator is reset or stopped: what still waits then ends at once, its work undone.
    over: Event = field(default_factory=Event)

    def offices(self, *, d2po_only: bool) -> list[Office]:
        """Return the offices that exist today, or with ``d2po_only`` those that take D2PO parcels today."""
        return list(filter(self.office_filter(d2po_only=d2po_only), all_offices()))

    def office_filter(self, *, d2po_only: bool) -> Callable[[Office], bool]:
        """Return a test of an office: does it exist today, or with ``d2po_only`` does it take D2PO parcels today?"""
        closings = self.state.closings()

        def passes(office: Office) -> bool:
            if d2po_only:
                return office.accepts_d2po and office.office_id not in closings
            return closings.get(office.office_id) != "gone"

        return passes

    def office(self, office_id: str, *, d2po_only: bool) -> Office | None:
        """Return the office with that id unless it is gone, or with ``d2po_only`` if it takes D2PO parcels today."""
        found = office(office_id)
        return found if found and self.office_filter(d2po_only=d2po_only)(found) else None

    def reset(self) -> None:
        """Forget everything but the settings, calls that are still delayed too."""
        self.over.set()
        self.over = Event()
        self.faults.clear()
        self.throttle.clear()
        self.state.reset()


@dataclass(frozen=True)
class Call:
    """One request, and what all requests share."""

    world: World
    request: Request

    @property
    def french(self) -> bool:
        """Say whether names and messages are asked for in French."""
        return (self.request.accept_languages.best or "").lower().startswith("fr")

    @property
    def base(self) -> str:
        """Return the address below which this caller reaches the services, without a slash at the end."""
        return self.request.root_url.rstrip("/")

    def text(self, english: str, french: str) -> str:
        return french if self.french else english

    def problem(self, code: str, english: str, french: str) -> Problem:
        return Problem(code, self.text(english, french))


Handler: TypeAlias = Callable[..., Response]
Api: TypeAlias = Literal["portal", "webservices", "own"]


@dataclass(frozen=True)
class Operation:
    """Something that may be called.

    Calls are counted and faults planned by ``name``, which is the same in both APIs. ``answers`` is the media type that
    Accept must name, ``""`` if the handler checks it; operations with the same ``limit`` are throttled together.
    """

    name: str
    method: str
    path: str
    handle: Handler
    api: Api = "portal"
    needs_token: bool = True
    answers: str = "application/json"
    limit: str = ""
