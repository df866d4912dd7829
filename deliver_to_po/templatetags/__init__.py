"""Template tags of the step."""
