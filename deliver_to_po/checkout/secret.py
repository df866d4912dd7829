"""The secret of a choice, asked for wherever a visitor reads or changes it: its id stands in payments and logs."""

import secrets
from hashlib import sha256

from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.errors import WrongSecret
from deliver_to_po.models import Delivery

SECRET_BYTES = 32
# Longer than any that was made here.
LONGEST_SECRET = 100


@sensitive_variables()
def new_secret(draft: Delivery) -> str:
    """Give ``draft`` a new secret and return it. The row keeps its hash, so that it can be told only now."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    draft.secret_hash = _hash(secret)
    Delivery.objects.filter(pk=draft.pk).update(secret_hash=draft.secret_hash)
    return secret


@sensitive_variables()
def refuse_wrong_secret(draft: Delivery, secret: object) -> None:
    """Raise WrongSecret unless ``secret``, whatever was sent along, is the draft's."""
    known = isinstance(secret, str) and len(secret) <= LONGEST_SECRET and secret.isascii()
    if not known or not constant_time_compare(_hash(str(secret)), draft.secret_hash):
        raise WrongSecret


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
