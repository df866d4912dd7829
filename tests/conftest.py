"""Fixtures that the rooms share: the emulator over HTTP, and settings that point at it."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.calling import caller
from deliver_to_po.canadapost.calling.caller import CallPolicy
from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.checkout import fair_use
from deliver_to_po.core import shop_time
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.conf import APIS
from deliver_to_po.core.shop_time import NIGHT
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Shipment, pause_in_force
from deliver_to_po.offices.finder import find
from tests.bystanders import Bystanders
from tests.races import Contender
from tests.ways import WAYS, go

# How many examples Hypothesis tries of each rule: HYPOTHESIS_PROFILE=many for one lane of CI and `make test-all`.
hypothesis_settings.register_profile("few", max_examples=15, deadline=None)
hypothesis_settings.register_profile("many", max_examples=200, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin each test in English: a request leaves its language behind for whatever runs next."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def emulator_server(canada_post_emulator_server: EmulatorServer) -> EmulatorServer:
    """Return the one emulator of this run, by its shorter name."""
    return canada_post_emulator_server


@pytest.fixture
def emulator(emulator_server: EmulatorServer, change_settings: Any) -> Iterator[EmulatorServer]:
    """Return the emulator, with nothing in its memory, and let the app call it."""
    emulator_server.reset()
    change_settings(CANADA_POST={"BASE_URL": emulator_server.url})
    cache.clear()
    configured = emulator_server.world.config
    yield emulator_server
    # What a test configures outlives ``reset``.
    emulator_server.world.config = configured
    emulator_server.faults.clear()


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other."""
    change_settings(CANADA_POST={"API": request.param})
    return str(request.param)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app go one way after the other to Canada Post: each API, with a contract and without one."""
    go(request.param, emulator, change_settings)
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def _no_time_of_day_counts() -> Iterator[None]:
    """Let neither the time of day nor a wait decide what tests see; those of such a time set their own."""
    with pytest.MonkeyPatch.context() as patch:
        # Calls are counted alike, and health says the same, by day and by night.
        patch.setattr(shop_time, "NIGHT", range(0))
        # Calls that failed are tried again at once; the tests of the client move a clock of their own instead.
        patch.setattr(caller, "CallPolicy", partial(CallPolicy, sleep=lambda _seconds: None))
        # A visitor's questions are of one minute, even if the clock passes a full one in the middle of a test.
        patch.setattr(fair_use, "WINDOW_SECONDS", 10**9)
        yield


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the night be when it is in a shop."""
    monkeypatch.setattr(shop_time, "NIGHT", NIGHT)


@pytest.fixture(autouse=True)
def _no_pause_is_remembered() -> None:
    """Let no test find what an earlier one knew of a pause."""
    pause_in_force._LastLook.at = None


@pytest.fixture
def change_settings(settings: Any) -> Any:
    """Return a function that changes keys of DELIVER_TO_PO; nested dicts are merged."""

    def change(**keys: Any) -> None:
        merged = dict(settings.DELIVER_TO_PO)
        for key, value in keys.items():
            merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
        settings.DELIVER_TO_PO = merged

    return change


@pytest.fixture
def shop_says() -> Iterator[Any]:
    """Return a function that sets one answer of the adapter: a value, or a function of what it is asked about.

    With ``of`` it is the answer about that order alone. ``mend`` undoes all of them.
    """
    with pytest.MonkeyPatch.context() as patches:

        def say(question: str, answer: Any, *, of: Any = None) -> None:
            adapter = type(order_adapter())
            before = getattr(adapter, question)
            given = answer if callable(answer) else lambda _: answer

            def answered(self: Any, subject: Any) -> Any:
                return given(subject) if of is None or subject.pk == of.pk else before(self, subject)

            patches.setattr(adapter, question, answered)

        say.mend = patches.undo  # type: ignore[attr-defined]
        yield say


@pytest.fixture
def tracking_on(change_settings: Any) -> None:
    """Let parcels in the post be followed."""
    change_settings(TRACKING=True)


@pytest.fixture
def cache_of_this_process(settings: Any) -> None:
    """Use a cache whose clock a test can move: a server's goes on by itself. It holds nothing of an earlier test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep labels in a folder, and return it."""
    monkeypatch.setattr(Shipment._meta.get_field("label"), "storage", FileSystemStorage(tmp_path))
    return tmp_path


@pytest.fixture
def bystanders(db: None) -> Iterator[Bystanders]:
    """Return rows of other people in every state; they must stand unchanged when the test is over."""
    others = Bystanders()
    yield others
    others.assert_unchanged()


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], Any]], Contender]]:
    """Return a function that starts something beside the test's own transaction; it has ended when the test is over."""
    with ThreadPoolExecutor() as executor:
        yield partial(Contender, executor)


@pytest.fixture
def office(emulator: EmulatorServer) -> PostOffice:
    """Return an office near K1A 0B1 that Canada Post offers for D2PO."""
    return canada_post().find_offices(NearPostalCode("K1A0B1"))[0]


@pytest.fixture
def offered(db: None, emulator: EmulatorServer) -> list[str]:
    """Return the ids of offices near K1A 0B1 that somebody has just been shown."""
    return [office.office_id for office in find(NearPostalCode("K1A0B1"), "en").offices]


@pytest.fixture
def live_emulator(emulator: EmulatorServer, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> EmulatorServer:
    """Return the emulator in the place of Canada Post's own host, with LIVE on.

    Nothing real is ever made on this machine, so a shipment for a real delivery is refused here by one rule: that one
    is lifted, and no other.
    """
    monkeypatch.setattr("deliver_to_po.core.carrier.is_loopback", lambda host: False)
    change_settings(CANADA_POST={"LIVE": True})
    return emulator


@pytest.fixture
def late_in_vancouver(settings: Any, change_settings: Any, time_machine: Any) -> Iterator[date]:
    """Let the shop be in Vancouver in the evening; for Django and whoever asks it is the next day. Return the day."""
    settings.TIME_ZONE = "UTC"
    change_settings(TIME_ZONE="America/Vancouver", CUT_OFF="22:00")
    time_machine.move_to(datetime(2026, 11, 26, 3, 45, tzinfo=UTC), tick=False)
    with timezone.override("Asia/Tokyo"):
        yield date(2026, 11, 25)
