"""What every page of the checkout stands on."""

from oscar.apps.checkout import session

from deliver_to_po.contrib.oscar.session import PostOfficeSession


class CheckoutSessionMixin(PostOfficeSession, session.CheckoutSessionMixin):
    """Oscar's, and the post office."""
