"""From an account's record to the Hub's objects for it."""

from tests.hub.repository import Raw, count_of, digits, iso

_JOINED = 1_672_531_200_000


def is_organization(record: Raw) -> bool:
    return record.get("kind") == "organization"


def avatar(record: Raw) -> str:
    """Address of its picture; made up when none is stated."""
    stated = record.get("avatar_url")
    if isinstance(stated, str) and stated:
        return stated
    return f"https://cdn-avatars.huggingface.co/v1/production/uploads/{_id(record)}/picture.png"


def overview(record: Raw, models: int, datasets: int, spaces: int) -> dict[str, object]:
    """What the overview of a user or of an organization holds, with how many of each they have."""
    shared: dict[str, object] = {
        "_id": _id(record), "avatarUrl": avatar(record),
        "fullname": record.get("full_name") or record["name"], "details": "", "isFollowing": False,
        "numModels": models, "numDatasets": datasets, "numSpaces": spaces, "numKernels": 0,
        "numBuckets": 0, "numPapers": 0, "numFollowers": count_of(record, "followers"),
    }  # fmt: skip
    if record.get("enterprise"):
        shared["plan"] = "enterprise"
    if is_organization(record):
        verified = bool(record.get("verified"))
        return {**shared, "name": record["name"], "isVerified": verified, "numUsers": 1}
    return {
        **shared, "user": record["name"], "type": "user", "isPro": False, "numDiscussions": 0,
        "numUpvotes": 0, "numLikes": 0, "numFollowing": 0, "numFollowingOrgs": 0, "orgs": [],
        "hardwareItems": [], "createdAt": iso(_JOINED),
    }  # fmt: skip


def summary(record: Raw) -> dict[str, object]:
    """What goes with each model of the account on the website."""
    found: dict[str, object] = {
        "_id": _id(record), "avatarUrl": avatar(record),
        "fullname": record.get("full_name") or record["name"], "name": record["name"],
        "type": "org" if is_organization(record) else "user", "isHf": False, "isHfAdmin": False,
        "isMod": False, "followerCount": count_of(record, "followers"),
    }  # fmt: skip
    if is_organization(record):
        return {**found, "isEnterprise": bool(record.get("enterprise"))}
    return {**found, "isPro": False}


def _id(record: Raw) -> str:
    return digits(f"account {record['name']}", 24)
