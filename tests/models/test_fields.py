"""What the fields of the kept rows promise together."""

from django.apps import apps

from deliver_to_po.models import Notice


def test_rewording_a_value_makes_no_migration() -> None:
    fields = [field for model in apps.get_app_config("deliver_to_po").get_models() for field in model._meta.fields]
    kept = [field.deconstruct()[3]["choices"] for field in fields if getattr(field, "choices", None)]
    assert kept
    assert all(callable(choices) for choices in kept)


def test_a_new_kind_of_notice_makes_no_migration() -> None:
    """Without one it was written nowhere, in silence: its insert ignores conflicts."""
    assert [rule.name for rule in Notice._meta.constraints if "kind__in" in str(rule)] == []
