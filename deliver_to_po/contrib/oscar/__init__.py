"""django-oscar: one delivery method, classes to mix into the forks of checkout, shipping and partner, and templates."""
