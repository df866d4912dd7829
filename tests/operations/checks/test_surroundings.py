"""What surrounds the app: storage, cache, templates, middleware, languages, proxies, mail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as now
from django.core.files.storage import InMemoryStorage

from deliver_to_po.operations.checks import surroundings
from tests.operations.checks.told import Check, Row, all_of_ours, assert_told, d2po, ids, words

OPENSTREETMAP = "tile.openstreetmap.org"
BLOCKS = "{% block content %}{% block title %}{% endblock %}{% endblock %}"
PAGES = {
    "bare.html": "<title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>",
    "of-bare.html": "{% extends 'bare.html' %}{% block main %}<p>Shop</p>{% endblock %}",
    "untitled.html": "<main>{% block content %}{% endblock %}</main>",
    "of-untitled.html": "{% extends 'untitled.html' %}{% block heading %}{% endblock %}",
    "full.html": "<title>{% block title %}Shop{% endblock %}</title><main>{% block content %}{% endblock %}</main>",
    "of-full.html": "{% extends 'full.html' %}",
    "inside.html": "{% extends 'bare.html' %}{% block main %}{% block content %}{% endblock %}{% endblock %}",
    "in-an-if.html": f"{{% if user %}}{BLOCKS}{{% endif %}}",
    "of-a-variable.html": "{% extends chosen %}",
    "of-none.html": "{% extends 'none.html' %}",
    "deliver_to_po/base.html": "{% extends 'deliver_to_po/base.html' %}",
}
LACKING = {"bare.html", "of-bare.html", "untitled.html", "of-untitled.html", "of-none.html"}
OF_A_PROXY: list[tuple[str, Any]] = [
    ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
    ("USE_X_FORWARDED_HOST", True),
    ("USE_X_FORWARDED_PORT", True),
]
READS_A_PROXY = [
    "xff.middleware.XForwardedForMiddleware",
    "x_forwarded_for.middleware.XForwardedForMiddleware",
    "django_forwarded.Forwarded",
    "shop.middleware.SetRemoteAddrFromForwardedFor",
    "shop.middleware.real_ip",
    "shop.middleware.RemoteIPMiddleware",
]
WRONG = [
    Row(surroundings.check_cache, {"CACHE": "defualt"}, "E052", ("“defualt”", "Did you mean “default”?")),
    Row(surroundings.check_base_template, {"BASE_TEMPLATE": "shop/no.html"}, "E053", ("“shop/no.html”", "“content”")),
    Row(surroundings.check_base_template, {"BASE_TEMPLATE": "a\0b"}, "E053", ("leave it out to use ours",)),
    Row(
        surroundings.check_privacy_officer, {"PRIVACY_OFFICER": ""}, "W057", ("PRIVACY_OFFICER", "privacy@example.com")
    ),
]


def storage(backend: str = "django.core.files.storage.FileSystemStorage", **options: Any) -> dict[str, Any]:
    return {**now.STORAGES, "deliver_to_po": {"BACKEND": backend, "OPTIONS": options}}


def test_without_a_storage_of_labels_the_lines_to_paste_are_shown(settings: Any) -> None:
    settings.STORAGES = {alias: storage for alias, storage in settings.STORAGES.items() if alias != "deliver_to_po"}
    assert_told(surroundings.check_label_storage(), "E050", surroundings.STORAGE_LINES)


def test_a_storage_that_cannot_be_imported_or_made_is_named(settings: Any) -> None:
    settings.STORAGES = storage("no.Where")
    assert ids(surroundings.check_label_storage()) == ["E050"]
    settings.STORAGES = storage("django.core.files.storage.FileSystemStorage", locaton="/srv/labels")
    assert_told(surroundings.check_label_storage(), "E050", "locaton")


@pytest.mark.parametrize(
    ("setting", "wrap"),
    [
        ("STATIC_ROOT", str),
        ("WHITENOISE_ROOT", Path),
        ("STATICFILES_DIRS", lambda folder: [folder]),
        ("STATICFILES_DIRS", lambda folder: [("downloads", str(folder))]),
    ],
)
def test_labels_in_a_folder_that_is_served_name_the_setting(
    settings: Any, tmp_path: Path, setting: str, wrap: Callable[[Path], Any]
) -> None:
    settings.STORAGES = storage(location=str(tmp_path / "served" / "labels"))
    setattr(settings, setting, wrap(tmp_path / "served"))
    assert_told(surroundings.check_label_storage(), "E051", f"its files are in {setting}")


def test_labels_must_not_lie_where_everybody_can_read_them(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = storage(location=str(tmp_path / "labels"))
    assert surroundings.check_label_storage() == []
    for options in (
        {"location": str(tmp_path / "media")},
        {"location": str(tmp_path / "media" / "labels")},
        {},
        {"location": str(tmp_path / "labels"), "base_url": "/labels/"},
    ):
        settings.STORAGES = storage(**options)
        assert_told(surroundings.check_label_storage(), "E051", "is public: ")


@pytest.mark.parametrize(
    ("alias", "options", "served"),
    [
        ("default", {}, True),
        ("default", {"base_url": None}, False),
        ("images", {"base_url": "/images/"}, True),
        ("private", {}, False),
    ],
)
def test_labels_in_the_folder_of_another_storage_name_it_where_that_is_served(
    settings: Any, tmp_path: Path, alias: str, options: dict[str, Any], served: bool
) -> None:
    other = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path, **options}}
    settings.STORAGES = {**storage(location=str(tmp_path / "labels")), alias: other}
    found = [message.msg for message in surroundings.check_label_storage()]
    assert [f'STORAGES["{alias}"]' in message for message in found] == [True] * served


class Bucket(InMemoryStorage):
    """As those of django-storages: what OPTIONS do not say, a setting such as AWS_DEFAULT_ACL does."""

    default_acl = "private"

    def __init__(self, **options: Any) -> None:
        super().__init__()
        vars(self).update(options)


@pytest.mark.parametrize("options", [{"default_acl": "public-read"}, {"querystring_auth": False}])
def test_a_public_bucket_is_no_place_for_labels(options: dict[str, Any], settings: Any) -> None:
    settings.STORAGES = storage(f"{__name__}.Bucket", **options)
    assert_told(surroundings.check_label_storage(), "E051", *options)


def test_a_bucket_that_is_public_by_another_setting_is_told_of(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STORAGES = storage(f"{__name__}.Bucket")
    assert surroundings.check_label_storage() == []
    monkeypatch.setattr(Bucket, "default_acl", "public-read")
    assert_told(surroundings.check_label_storage(), "E051", "default_acl")


@pytest.mark.parametrize(
    ("check", "app", "expected"),
    [
        (surroundings.check_installed_apps, "leaflet", "E054"),
        (surroundings.check_installed_apps, "django.contrib.sessions", "E055"),
        (surroundings.check_installed_apps, "django.contrib.messages", "E055"),
    ],
)
def test_an_app_that_is_missing_is_named(
    check: Check, app: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name != app)
    assert_told(check(), expected, app)


@pytest.fixture
def pages(settings: Any) -> None:
    """Let the shop have PAGES beside the apps' templates."""
    loaders = [("django.template.loaders.locmem.Loader", PAGES), "django.template.loaders.app_directories.Loader"]
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": backend, "OPTIONS": {"loaders": loaders}}]


@pytest.mark.parametrize(("name", "block", "told"), [("bare", "content", "E067"), ("untitled", "title", "W071")])
def test_a_base_template_without_the_block_that_the_step_fills_or_without_a_title_is_named(
    name: str, block: str, told: str, pages: None
) -> None:
    for page in (f"{name}.html", f"of-{name}.html"):
        with d2po(BASE_TEMPLATE=page):
            messages = surroundings.check_base_template()
        assert_told(messages, told, f"“{page}” has no block “{block}”", f"{{% block {block} %}}{{% endblock %}}")


@pytest.mark.parametrize("page", sorted(PAGES.keys() - LACKING))
def test_a_base_template_that_may_have_the_blocks_is_left_alone(page: str, pages: None) -> None:
    with d2po(BASE_TEMPLATE=page):
        assert surroundings.check_base_template() == []


def test_a_template_that_the_base_template_extends_is_missed_by_its_name(pages: None) -> None:
    with d2po(BASE_TEMPLATE="of-none.html"):
        assert_told(surroundings.check_base_template(), "E053", "no Django template is called “none.html”")


def test_a_base_template_of_another_engine_is_none_that_the_step_can_extend(settings: Any, tmp_path: Path) -> None:
    """Such as Jinja2's, where it comes first."""
    (tmp_path / "shop.html").write_text("$content")
    other = {"BACKEND": "django.template.backends.dummy.TemplateStrings", "DIRS": [tmp_path]}
    settings.TEMPLATES = [other, *settings.TEMPLATES]
    with d2po(BASE_TEMPLATE="shop.html"):
        assert_told(surroundings.check_base_template(), "E053", "no Django template is called “shop.html”")


@pytest.mark.parametrize(("name", "value"), OF_A_PROXY)
def test_settings_that_tell_of_a_proxy_ask_how_many_there_are(name: str, value: Any, settings: Any) -> None:
    setattr(settings, name, value)
    assert_told(surroundings.check_proxies(), "W066", name, '"TRUSTED_PROXIES": 1')
    assert "W066" in ids(all_of_ours())


@pytest.mark.parametrize("path", READS_A_PROXY)
def test_middleware_that_reads_who_called_a_proxy_asks_how_many_there_are(path: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, path]
    assert_told(surroundings.check_proxies(), "W066", f"“{path}”")


@pytest.mark.parametrize(
    "more", [{"TRUSTED_PROXIES": 0}, {"TRUSTED_PROXIES": 2}, {"SEARCHES_PER_VISITOR_PER_MINUTE": 0}]
)
def test_who_says_how_many_proxies_there_are_or_limits_nobody_is_not_warned(
    more: dict[str, Any], settings: Any, change_settings: Any
) -> None:
    for name, value in OF_A_PROXY:
        setattr(settings, name, value)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *READS_A_PROXY]
    change_settings(**more)
    assert surroundings.check_proxies() == []


@pytest.mark.parametrize("key", ["TRUSTED_PROXIES", "SEARCHES_PER_VISITOR_PER_MINUTE"])
def test_a_number_of_proxies_that_is_none_is_told_of_once(key: str, settings: Any, change_settings: Any) -> None:
    settings.USE_X_FORWARDED_HOST = True
    change_settings(**{key: "many"})
    assert surroundings.check_proxies() == []
    assert len([message for message in all_of_ours() if key in words(message)]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "django.contrib.auth.middleware.RemoteUserMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "shop.forwarded.middleware.CartMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "corsheaders.middleware.CorsMiddleware",
    ],
)
def test_without_a_sign_of_a_proxy_nobody_is_asked(path: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, path]
    assert surroundings.check_proxies() == []


def test_unset_map_tiles_are_warned_of_since_they_ask_a_third_party(settings: Any) -> None:
    settings.LEAFLET_CONFIG = {}
    assert_told(surroundings.check_map_tiles(), "W058", OPENSTREETMAP, "Referrer-Policy")


def test_pages_without_an_address_are_warned_of_with_the_line_to_add(settings: Any) -> None:
    assert surroundings.check_pages() == []
    settings.ROOT_URLCONF = "django.conf.urls.i18n"
    assert_told(surroundings.check_pages(), "W060", "E-mails lead there too", surroundings.URLS_LINE)
    del settings.ROOT_URLCONF
    assert surroundings.check_pages() == []


def test_a_cache_that_keeps_nothing_is_named(settings: Any) -> None:
    settings.CACHES = {**settings.CACHES, "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    with d2po(CACHE="nothing"):
        assert_told(surroundings.check_cache(), "W090", "“nothing”", "no price")
    with d2po(CACHE="default"):
        assert surroundings.check_cache() == []
