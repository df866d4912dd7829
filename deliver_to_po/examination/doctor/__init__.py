"""What ``manage.py d2po_doctor`` finds out: what works between this shop and Canada Post, and what does not."""
