"""The graph through time: changes, the time line of one model, leaders of a past date."""
