"""What takes a payment and places an order."""

from oscar.apps.checkout import mixins

from deliver_to_po.contrib.oscar.placement import PostOfficeOrderPlacement


class OrderPlacementMixin(PostOfficeOrderPlacement, mixins.OrderPlacementMixin):
    """Oscar's, and the post office."""
