"""What can happen to a model, and what may be said of it then."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Words for an event."""

    hard: str  # what happens to the models that need it to load, as a clause
    rest: str  # what happens to the others, after their number
    not_said: str  # what does not follow, and must not be read into the numbers
    parents_help: bool = True  # whether it is better for a model to have another base


_OWN_WEIGHTS = (
    "Quantizations, fine-tunes and merges hold weights of their own and go on working; published "
    "deltas and embeddings are listed as fine-tunes and need a look."
)

EVENTS = {
    "withdrawn": Event(
        hard="they cannot be loaded any more",
        rest="cannot be rebuilt or updated, and their link to the base leads nowhere",
        not_said=_OWN_WEIGHTS,
    ),
    "gated": Event(
        hard="they can be loaded only with access to the base",
        rest="lose the link to their base for everyone without access",
        not_said="Copies that were downloaded before are not affected.",
    ),
    "disabled": Event(
        hard="they cannot be loaded as long as the base is disabled",
        rest="cannot be rebuilt or updated as long as the base is disabled",
        not_said=_OWN_WEIGHTS,
    ),
    "relicensed": Event(
        hard="their terms change",
        rest="inherit terms that change",
        not_said="New terms do not reach copies made under the old ones. What cards declare is "
        "compared with a table of licences; that is no legal advice.",
        parents_help=False,
    ),
    "compromised": Event(
        hard="look at them first",
        rest="were made from it, and another base is no protection",
        not_said="Whether a backdoor survives fine-tuning, quantization or merging is unknown "
        "without a test.",
        parents_help=False,
    ),
}
