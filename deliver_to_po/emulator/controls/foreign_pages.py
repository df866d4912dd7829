"""Keeps web pages from elsewhere out: the emulator answers a developer's browser, which has other pages open as well.

A page from elsewhere reaches a server on loopback in two ways. It may send a request across origins, which its browser
marks with ``Origin`` or ``Sec-Fetch-Site``. Or its own host name may be pointed at 127.0.0.1 (DNS rebinding), which
leaves that name in ``Host``. Programs such as curl send none of the marks and pass.
"""

from werkzeug.wrappers import Request

from deliver_to_po.emulator.config import LOOPBACK

# What shows or changes the emulator's state without a token. The APIs want a token, which a browser sends to another
# origin only after a preflight that is never granted; map tiles are drawn for the pages of a shop.
_PAGE_PATH = "/"
_CONTROL_PATHS = "/_emulator/"

_WRONG_HOST = (
    "The Host header must be one of {}. The emulator answers under names of this machine only.",
    "L’en-tête Host doit être l’un de ceux-ci\N{NO-BREAK SPACE}: {}. L’émulateur ne répond qu’aux noms de cet "
    "ordinateur.",
)
_WRONG_ORIGIN = (
    "The Origin header must be absent or one of {}. Another site’s page may not use the emulator.",
    "L’en-tête Origin doit être absent ou l’un de ceux-ci\N{NO-BREAK SPACE}: {}. La page d’un autre site n’a pas accès "
    "à l’émulateur.",
)
_CROSS_SITE = (
    "Another site’s page sent this request (Sec-Fetch-Site: cross-site). Type the address in the address bar.",
    "La page d’un autre site a envoyé cette requête (Sec-Fetch-Site: cross-site). Tapez l’adresse dans la barre "
    "d’adresse.",
)


def why_refused(request: Request) -> tuple[str, str] | None:
    """Return why a request is not answered, in English and French; None if it is."""
    hosts = _own_hosts(request.environ["SERVER_PORT"])
    if request.headers.get("Host", hosts[0]).lower() not in hosts:
        return _naming(_WRONG_HOST, hosts)
    if request.path == _PAGE_PATH or request.path.startswith(_CONTROL_PATHS):
        return _why_page_refused(request, hosts)
    return None


def _why_page_refused(request: Request, hosts: tuple[str, ...]) -> tuple[str, str] | None:
    own_origins = tuple(f"http://{host}" for host in hosts)
    if request.headers.get("Origin", own_origins[0]).lower() not in own_origins:
        return _naming(_WRONG_ORIGIN, own_origins)
    if request.headers.get("Sec-Fetch-Site", "").lower() == "cross-site":
        return _CROSS_SITE
    return None


def _own_hosts(port: str) -> tuple[str, ...]:
    """Return what a Host header may hold: a loopback name and the port, which is left out where it is 80."""
    names = tuple(f"[{name}]" if ":" in name else name for name in LOOPBACK)
    return tuple(f"{name}:{port}" for name in names) + (names if port == "80" else ())


def _naming(texts: tuple[str, str], allowed: tuple[str, ...]) -> tuple[str, str]:
    english, french = texts
    return english.format(", ".join(allowed)), french.format(", ".join(allowed))
