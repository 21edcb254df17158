"""The map: every model of the Hub as one dot, in a place that follows from its lineage."""
