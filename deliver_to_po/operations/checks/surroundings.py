"""What stands around the app: storage, cache, templates, apps, pages, proxies, privacy officer, map tiles."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.template import Node, TemplateDoesNotExist
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import NoReverseMatch, reverse

from deliver_to_po.core.conf import LABEL_STORAGE, app_settings
from deliver_to_po.operations.checks.messages import did_you_mean, error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right

STORAGE_LINES = f'''STORAGES["{LABEL_STORAGE}"] = {{
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {{"location": BASE_DIR / "labels"}},
}}'''
TILES_LINE = (
    'LEAFLET_CONFIG = {"TILES": [("Map", "https://tiles.example.com/{z}/{x}/{y}.png", {"attribution": "© …"})]}'
)
STEP = "deliver_to_po/step.html"
FIRST_PAGE = "deliver_to_po:choose"
URLS_LINE = 'path("post-office/", include("deliver_to_po.urls")),'
# Settings of Django that only a shop behind a proxy needs.
OF_A_PROXY = ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT")
# Names of middleware that takes the visitor's address from what a proxy wrote: django-xff's XForwardedForMiddleware.
READS_A_PROXY = re.compile(r"forwarded|real_?ip|remote_?ip|remote_?addr", re.IGNORECASE)


def check_label_storage(**_kwargs: object) -> list[CheckMessage]:
    """Check that labels have a storage of their own that the public cannot read."""
    setting = f'STORAGES["{LABEL_STORAGE}"]'
    try:
        storage = storages[LABEL_STORAGE]
    except Exception as problem:  # noqa: BLE001 - it may be anybody's class
        message = f"{setting}, the private storage of shipping labels, cannot be used ({problem})."
        return [error(50, message, f"Add to your settings:\n{STORAGE_LINES}")]
    reason = _why_public(storage, settings.STORAGES[LABEL_STORAGE].get("OPTIONS", {}))
    if isinstance(storage, FileSystemStorage) and (served_by := _served_by(Path(storage.location))):
        reason = f"its files are in {served_by}, which everybody can read"
    if not reason:
        return []
    fix = f"Labels show names, addresses and phone numbers. Store them where nobody serves them:\n{STORAGE_LINES}"
    return [error(51, f"{setting}, the storage of shipping labels, is public: {reason}.", fix)]


def _why_public(storage: Storage, options: Mapping[str, Any]) -> str:
    """Return what lets everybody read a storage's files, or ``""``; django-storages takes an ACL from its settings."""
    if options.get("base_url"):
        return "it has a base_url"
    if str(getattr(storage, "default_acl", "")).startswith("public"):
        return "its default_acl is public"
    if options.get("querystring_auth") is False:
        return "its addresses are not signed (querystring_auth)"
    return ""


def _served_by(location: Path) -> str:
    """Return the setting whose folder is served and is ``location``, or holds it; no folder at all counts as served."""
    place = location.resolve()
    for setting, folder in _served_folders():
        root = Path(folder).resolve()
        if place == root or root in place.parents:
            return setting
    return "MEDIA_ROOT or STATIC_ROOT" if place == Path.cwd() else ""


def _served_folders() -> Iterator[tuple[str, Any]]:
    for setting in ("MEDIA_ROOT", "STATIC_ROOT", "WHITENOISE_ROOT"):
        if folder := getattr(settings, setting, None):
            yield setting, folder
    entries: Iterable[Any] = settings.STATICFILES_DIRS
    for entry in entries:
        # Django takes a prefix and a folder too.
        yield "STATICFILES_DIRS", entry[1] if isinstance(entry, list | tuple) else entry
    for alias, storage in settings.STORAGES.items():
        options = storage.get("OPTIONS", {})
        # Others than that of uploads have an address where they name one.
        served = options.get("base_url", alias == "default")
        if served and alias != LABEL_STORAGE and (folder := options.get("location")):
            yield f'STORAGES["{alias}"]', folder


def check_cache(**_kwargs: object) -> list[CheckMessage]:
    """Check that CACHE is an alias in CACHES, and warn when it keeps nothing."""
    alias, setting = app_settings.cache, setting_name("CACHE")
    if not is_right("CACHE"):
        return []
    if alias not in settings.CACHES:
        return [error(52, f"{setting} is “{alias}”, which CACHES does not have.", did_you_mean(alias, settings.CACHES))]
    if not isinstance(caches[alias], DummyCache):
        return []
    message = f"The cache “{alias}” of {setting} keeps nothing: no price is known, and no call is counted."
    return [warning(90, message, f"Name a cache in {setting} that all processes share, such as Redis or the database.")]


def check_base_template(**_kwargs: object) -> list[CheckMessage]:
    """Check that the template which the step's pages extend is found, and has the blocks that they fill."""
    if not is_right("BASE_TEMPLATE"):
        return []
    template, setting, messages = app_settings.base_template, setting_name("BASE_TEMPLATE"), list[CheckMessage]()
    try:
        # The step is Django's: a shop whose first engine is another may have a page of the same name there.
        engine: Any = get_template(STEP).backend  # type: ignore[attr-defined]
        content, title = (_may_have_block(engine, template, block) for block in ("content", "title"))
    except (TemplateDoesNotExist, OSError, ValueError) as problem:
        # Loaders raise the last two for a name that is empty or that no file can have.
        missing = problem if isinstance(problem, TemplateDoesNotExist) else template
        fix = "Name your shop's base template, whose block “content” the step fills, or leave it out to use ours."
        return [error(53, f"{setting}: no Django template is called “{missing}”.", fix)]
    otherwise = "inside a block of the shop's if there is one. Or name a template that extends the shop's and does so."
    if not content:
        empty = f"{setting}: “{template}” has no block “content”, so that the pages of the step show nothing."
        fix = f"Put {{% block content %}}{{% endblock %}} where the shop's pages have their content, {otherwise}"
        messages.append(error(67, empty, fix))
    if not title:
        untitled = (
            f"{setting}: “{template}” has no block “title”: the pages of the step have no titles of their own, and a "
            "screen reader does not begin with “Problem:” where there is one."
        )
        fix = f"Put {{% block title %}}{{% endblock %}} into the shop's <title>, {otherwise}"
        messages.append(warning(71, untitled, fix))
    return messages


def _may_have_block(engine: Any, name: str, block: str) -> bool:
    """Say whether a template or one that it extends has a block of that name.

    True also if only showing it can tell what it extends. Raises TemplateDoesNotExist, also for one that is extended.
    """
    followed: set[str] = set()
    while name not in followed:
        followed.add(name)
        nodes = engine.get_template(name).template.nodelist.get_nodes_by_type(Node)
        if any(isinstance(node, BlockNode) and node.name == block for node in nodes):
            return True
        parents = [getattr(node.parent_name, "var", None) for node in nodes if isinstance(node, ExtendsNode)]
        if not parents:
            return False
        parent = parents[0]
        if not isinstance(parent, str):
            return True
        name = parent
    # It extends one of its own name, from another folder.
    return True


def check_installed_apps(**_kwargs: object) -> list[CheckMessage]:
    """Check that the apps which the step needs are installed."""
    messages: list[CheckMessage] = []
    if not apps.is_installed("leaflet"):
        fix = "Add “leaflet” (django-leaflet) to INSTALLED_APPS. GDAL is not needed."
        messages.append(error(54, "“leaflet” is not in INSTALLED_APPS, so the map cannot load.", fix))
    for app in ("django.contrib.sessions", "django.contrib.messages"):
        if not apps.is_installed(app):
            message = f"“{app}” is not in INSTALLED_APPS. The checkout pages need it to keep the buyer's choice."
            messages.append(error(55, message, f"Add “{app}” to INSTALLED_APPS, and its middleware to MIDDLEWARE."))
    return messages


def check_pages(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the step's pages have no address: a shop with the JSON alone needs those that links lead to."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    try:
        reverse(FIRST_PAGE)
    except NoReverseMatch:
        message = f"The checkout pages have no URL: “{FIRST_PAGE}” cannot be reversed. E-mails lead there too."
        return [warning(60, message, f"Add to the urlpatterns of {settings.ROOT_URLCONF}: {URLS_LINE}")]
    return []


def check_proxies(**_kwargs: object) -> list[CheckMessage]:
    """Warn when settings tell of a proxy, and nobody says how many there are: buyers then share one limit."""
    if not is_right("TRUSTED_PROXIES") or not is_right("SEARCHES_PER_VISITOR_PER_MINUTE"):
        return []
    if app_settings.trusted_proxies is not None or not app_settings.searches_per_visitor_per_minute:
        return []
    if not (told_by := next(_tells_of_a_proxy(), "")):
        return []
    message = (
        f"{told_by} tells of a proxy before Django, but {setting_name('TRUSTED_PROXIES')} is not set: all buyers may "
        "have the proxy's address, so that one of them can use up what all may search."
    )
    fix = (
        'Say how many proxies of yours add an address to X-Forwarded-For: "TRUSTED_PROXIES": 1. If your server or a '
        "middleware puts the visitor's own address into REMOTE_ADDR already, set it to 0."
    )
    return [warning(66, message, fix)]


def _tells_of_a_proxy() -> Iterator[str]:
    """Yield what in the settings tells of a proxy before Django."""
    yield from (name for name in OF_A_PROXY if getattr(settings, name))
    yield from (f"“{path}”" for path in settings.MIDDLEWARE if READS_A_PROXY.search(path.rpartition(".")[2]))


def check_privacy_officer(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the privacy sentence cannot name anybody."""
    if not is_right("PRIVACY_OFFICER") or app_settings.privacy_officer.strip():
        return []
    message = f"{setting_name('PRIVACY_OFFICER')} is empty: buyers are not told whom to ask for access and correction."
    line = '"PRIVACY_OFFICER": "privacy@example.com"'
    return [warning(57, message, f"Name the person or address, as the law on personal information asks: {line}.")]


def check_map_tiles(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the map would ask OpenStreetMap's own servers because nobody chose others."""
    if not apps.is_installed("leaflet") or getattr(settings, "LEAFLET_CONFIG", {}).get("TILES"):
        return []
    message = 'LEAFLET_CONFIG["TILES"] is not set: the map asks tile.openstreetmap.org, a third party.'
    fix = (
        f"Choose your tiles: {TILES_LINE}. OpenStreetMap's own need a Referer, which Django's default Referrer-Policy "
        "withholds: give such a layer the option “referrerPolicy”: “strict-origin”."
    )
    return [warning(58, message, fix)]
