"""What a view of the buyer's is wrapped in: to be read only, or with a form of a person's data."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Let a view only be read, and no cache keep it.

    It does not run in a transaction of the shop's ATOMIC_REQUESTS, which would stay open for as long as Canada Post
    takes.
    """
    return transaction.non_atomic_requests(never_cache(require_http_methods(["GET", "HEAD"])(view)))


def page_with_form(view: View) -> View:
    """Let a view take a form as well; an error report by e-mail leaves out who picks up."""
    protected = never_cache(csrf_protect(require_http_methods(["GET", "HEAD", "POST"])(view)))
    return transaction.non_atomic_requests(sensitive_variables()(sensitive_post_parameters()(protected)))
