"""How much others build on a model: PageRank by GDS, descendants, the roll-up to authors."""

from graph.scores.compute import InfluenceSummary, compute

__all__ = ["InfluenceSummary", "compute"]
