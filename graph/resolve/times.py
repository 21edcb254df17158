"""When things were observed, as their versions say."""


def observed_in(version: str) -> str:
    """When the record of a version was observed; empty where that is not said."""
    return version.split(" ")[1] if version else ""


def earliest(*times: str | None) -> str | None:
    """The first of some times, as far as there are any."""
    return min((time for time in times if time), default=None)
