"""What the dashboard groups models by, and what it measures groups by."""

MEASURES = ("models", "influence", "downloads", "likes")
"""What groups are measured by; influence as effective descendants, which is how people read it."""
CARDS = ("task", "language", "author", "publisher", "license", "library", "size", "relation")
"""Facets that models are grouped by."""
CUBE = ("task", "license", "library", "size", "relation")
"""Those of which a model has one value, on itself: they are counted together."""
