"""What the local Hub holds: models, datasets, Spaces and accounts. It may change while it serves.

Every object is what `graph.observe.hub` makes records of, and gives the record back that it was
made from, field by field. What a record does not state and every repository has is made up: `_id`,
times and `sha` from its name, counts as 0. These records in full are `Content.records`.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bench.hub.records import records as made_up
from graph import schema
from graph.errors import DataError
from graph.observe.hub.records import model_record, record_of
from graph.observe.normalise import AUTHOR_FORM, MODEL_FORM
from graph.observe.record_files import read_file
from graph.schema import RELATIONS
from spiders.hub.author_info import author_record
from tests.hub import accounts, model_info
from tests.hub import dataset_space_info as others
from tests.hub.model_info import Surroundings
from tests.hub.repository import Raw, Repository, digits
from tests.hub.shelf import Keys, Shelf

MOST_SPACES = 100
"""Spaces that the answer about a model names."""


class Content:
    """What the Hub holds.

    Hold `lock` to make several changes as one. Raises ValueError for a record of no known form or
    without an id, and for two of one name.
    """

    def __init__(self, records: Iterable[Raw] = (), clock: Callable[[], float] = time.time) -> None:
        sorted_out: dict[object, list[Raw]] = {
            form: [] for form in (MODEL_FORM, schema.DATASET.form, schema.SPACE.form, AUTHOR_FORM)
        }
        for record in records:
            if record.get("record") not in sorted_out:
                raise ValueError(f"A record of no known form: {str(record)[:200]}")
            sorted_out[record.get("record")].append(record)

        def shelf(form: str, keys: Keys) -> Shelf:
            return Shelf(sorted_out[form], keys, clock, self.lock)

        self.lock = threading.RLock()
        self.models = shelf(MODEL_FORM, model_info.keys)
        self.datasets = shelf(schema.DATASET.form, others.keys)
        self.spaces = shelf(schema.SPACE.form, others.keys)
        self.authors = {str(record["name"]): record for record in sorted_out[AUTHOR_FORM]}

    @classmethod
    def read(cls, path: Path) -> "Content":
        """What a record file holds; DataError if a line of it cannot be used."""

        def records() -> Iterator[Raw]:
            for line in read_file(path):
                if not isinstance(line.raw, Mapping):
                    raise DataError(f"{path}, line {line.number}, holds no record.")
                yield line.raw

        return cls(records())

    @classmethod
    def made_up(cls, models: int, seed: int = 1) -> "Content":
        """The made-up Hub of the benchmarks (`bench.hub`), of any size."""
        return cls(made_up(models, seed))

    def add(self, record: Raw) -> None:
        if record.get("record") == AUTHOR_FORM:
            self.authors[str(record["name"])] = record
        else:
            shelves = {schema.DATASET.form: self.datasets, schema.SPACE.form: self.spaces}
            shelves.get(str(record.get("record")), self.models).add(record)

    def records(self) -> Iterator[dict[str, object]]:
        """The records that whoever asks for everything has at the end; hidden models left out."""
        for name in self.author_names():
            yield author_record(self.account_overview(name) or {})
        for model in self.models:
            yield model_record(self.model(model, model_info.DETAIL))
        for dataset in self.datasets:
            yield record_of(schema.DATASET, others.info(dataset, others.DATASET))
        for space in self.spaces:
            yield record_of(schema.SPACE, others.info(space, others.SPACE))

    def model(self, model: Repository, fields: Iterable[str]) -> dict[str, object]:
        return model_info.info(model, Surroundings(self.children, self.id_of, self.users), fields)

    def children(self, model: Repository) -> dict[str, int]:
        """Derivatives by relation: as its record states them, else those that are there."""
        counts = {}
        for relation in RELATIONS:
            stated = model.record.get(f"children_{relation}")
            tag = f"base_model:{relation}:{model.id}"
            counts[relation] = stated if type(stated) is int else self.models.count("tag", tag)
        return counts

    def id_of(self, model_id: str) -> str:
        """The `_id` of a model, made up for one that is not there."""
        found = self.models.find(self.models.moved(model_id) or model_id)
        return found.hub_id if found else digits(f"missing {model_id}", 24)

    def users(self, model: Repository) -> list[str]:
        """Ids of the Spaces that use a model, the first of them."""
        return self.spaces.names("models", model.id, MOST_SPACES)

    def author_names(self) -> Iterator[str]:
        """Every account that has a record or owns a model."""
        yield from self.authors
        yield from (name for name in self.models.keys("author") if name not in self.authors)

    def account(self, name: str) -> Raw | None:
        """The record of an account; a user of whom nothing is stated when it only owns things."""
        record = self.authors.get(name)
        if record is not None:
            return record
        owned = (shelf.count("author", name) for shelf in self._shelves())
        return {"record": AUTHOR_FORM, "name": name, "kind": "user"} if any(owned) else None

    def account_overview(self, name: str) -> dict[str, object] | None:
        """The Hub's object for an account, None without one."""
        record = self.account(name)
        if record is None:
            return None
        return accounts.overview(record, *(s.count("author", name) for s in self._shelves()))

    def account_summary(self, name: str) -> dict[str, object]:
        """What goes with a model of the account in listings."""
        return accounts.summary(self.account(name) or {"name": name})

    def _shelves(self) -> tuple[Shelf, Shelf, Shelf]:
        return self.models, self.datasets, self.spaces
