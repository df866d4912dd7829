"""Template tags of this app's own templates."""
