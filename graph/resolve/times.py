"""When things were observed, as their versions and values say."""

from graph.resolve.held import Values


def observed_in(version: str) -> str:
    """When the record of a version was observed; empty where that is not said."""
    return version.split(" ")[1] if version else ""


def last_observed(values: Values) -> str:
    """When a node was last observed; where its records do not say, when a run last saw it."""
    return observed_in(values.get("record_version") or "") or str(values["last_seen"])


def earliest(*times: str | None) -> str | None:
    """The first of some times, as far as there are any."""
    return min((time for time in times if time), default=None)
