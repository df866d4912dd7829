"""Examines what works between this shop and Canada Post, and what does not, for ``manage.py d2po_doctor``."""
