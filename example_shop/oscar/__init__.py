"""A small real Oscar shop: what a shop writes beside Oscar and ``deliver_to_po.contrib.oscar``, and nothing more."""
