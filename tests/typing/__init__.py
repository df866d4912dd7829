"""What a developer of a shop writes, for mypy alone: what each door returns, and the mistakes that are found.

None of this is run. ``make lint`` checks it with the settings of this project, and ``tests/packaging`` with none,
against the wheel.
"""
