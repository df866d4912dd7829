"""What stands around the app: storage, cache, templates, apps, pages, middleware, map tiles."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import global_settings, settings
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.template import Node, TemplateDoesNotExist
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import NoReverseMatch, reverse
from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.module_loading import import_string

from deliver_to_po.core.conf import LABEL_STORAGE, app_settings
from deliver_to_po.core.hosts import is_loopback
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
SMTP = "django.core.mail.backends.smtp.EmailBackend"
LOCALE_MIDDLEWARE = "django.middleware.locale.LocaleMiddleware"
FRENCH_TIMES = r'''TIME_FORMAT = "H\xa0\\h\xa0i"
DATETIME_FORMAT = "j F Y, H\xa0\\h\xa0i"
SHORT_DATETIME_FORMAT = "Y-m-d H\xa0\\h\xa0i"'''
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
    message = f"The cache “{alias}” of {setting} keeps nothing: every list asks Canada Post, and no call is counted."
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


def check_middleware(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a buyer's language is never found out, or not spoken."""
    if not settings.USE_I18N:
        message = "USE_I18N is False: everybody reads English, whatever LANGUAGE_CODE says."
        return [warning(56, message, "Set it to True, or silence this if the shop speaks English only.")]
    if any(_is_locale_middleware(path) for path in settings.MIDDLEWARE):
        return []
    message = "No LocaleMiddleware is in MIDDLEWARE: every buyer and every clerk sees LANGUAGE_CODE only."
    fix = f"Add “{LOCALE_MIDDLEWARE}” after the session's middleware, or silence this if the shop speaks one language."
    return [warning(56, message, fix)]


def check_languages(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a browser may ask for any of Django's languages, though no shop has its pages in all of them."""
    named = list(settings.LANGUAGES) != list(global_settings.LANGUAGES)
    if named or not any(_is_locale_middleware(path) for path in settings.MIDDLEWARE):
        return []
    message = (
        "LANGUAGES is not set, so that LocaleMiddleware lets a browser choose any language of Django's: the step then "
        "speaks English or French, Django's messages that language, and the shop's pages LANGUAGE_CODE."
    )
    fix = (
        'Name the languages that the shop\'s own pages speak: LANGUAGES = [("en", "English"), ("fr", "Français")], or '
        'only one of them, such as LANGUAGES = [("fr-ca", "Français")].'
    )
    return [warning(70, message, fix)]


def check_french_times(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the admin would write 13 h 40 as “13 01 40”, as Django 5.2 does in fr-ca."""
    spoken = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    if "fr-ca" not in spoken or "01" not in _written("fr-ca"):
        return []
    message = f"In “fr-ca” Django {django.get_version()} writes 13:40 as “13 01 40”, also in the admin."
    fix = (
        'Put “fr” in the place of “fr-ca” in LANGUAGE_CODE and LANGUAGES. Or set FORMAT_MODULE_PATH = "mysite.formats" '
        f"and write into mysite/formats/fr_CA/formats.py, beside an empty __init__.py in both folders:\n{FRENCH_TIMES}"
    )
    return [warning(72, message, fix)]


def _written(language: str) -> str:
    """Return a moment as the admin writes it, whose only “01” would be the hour once more."""
    moment = datetime(2026, 12, 31, 13, 40)  # noqa: DTZ001 - it is nobody's
    names = ("TIME_FORMAT", "DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")
    return " ".join(dateformat.format(moment, get_format(name, lang=language)) for name in names)


def _is_locale_middleware(path: str) -> bool:
    """Say whether ``path`` is Django's LocaleMiddleware or a subclass of it."""
    try:
        candidate = import_string(path)
    except ImportError:
        return False
    return isinstance(candidate, type) and issubclass(candidate, import_string(LOCALE_MIDDLEWARE))


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


def check_site_url(**_kwargs: object) -> list[CheckMessage]:
    """Warn when e-mails to buyers would have no link, because nobody said where the shop is."""
    if not is_right("NOTICES") or not is_right("SITE_URL") or not app_settings.notices or app_settings.site_url:
        return []
    message = f"{setting_name('SITE_URL')} is empty: no buyer is written to when their post office has closed."
    fix = (
        'Say where the shop is: "SITE_URL": "https://shop.example.com"; or set "NOTICES": False and write yourself '
        "when the signal “notice” comes."
    )
    return [warning(68, message, fix)]


def check_morning_mail(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a morning mail is asked for and nobody gets it. CLERKS alone are right: they get other mail too."""
    if not is_right("MORNING_MAIL_AT") or not is_right("CLERKS"):
        return []
    if app_settings.morning_mail_at is None or app_settings.clerks:
        return []
    message = f"{setting_name('MORNING_MAIL_AT')} is set and {setting_name('CLERKS')} is empty: nobody is written to."
    fix = 'Say who gets the morning mail: "CLERKS": ["desk@shop.example.com"]; or leave MORNING_MAIL_AT out.'
    return [warning(89, message, fix)]


def check_mail_timeout(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a mail server elsewhere that does not answer would hold up a worker for ever."""
    if not is_right("NOTICES") or not is_right("CLERKS") or not (app_settings.notices or app_settings.clerks):
        return []
    mailers = getattr(settings, "MAILERS", {})
    if not mailers:
        path, host, timeout = settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT
        setting = "EMAIL_TIMEOUT"
    else:
        mailer = mailers.get("default", {})
        options = mailer.get("OPTIONS", {})
        path, host, timeout = mailer.get("BACKEND", ""), options.get("host", "localhost"), options.get("timeout")
        setting = 'MAILERS["default"]["OPTIONS"]["timeout"]'
    if path != SMTP or timeout is not None or is_loopback(host):
        return []
    message = f"{setting} is not set: a mail server that does not answer holds up the hand-off."
    return [warning(69, message, f"Set {setting} to some seconds, such as 20.")]


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
