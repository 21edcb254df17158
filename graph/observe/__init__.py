"""Records: what is known of a model, an author, a dataset or a Space, or happened to a model.

Files and crawlers share their form, which is described in `docs/records.md`.
"""

from graph.observe.digests import Lineage
from graph.observe.issues import Issue, Outcome
from graph.observe.normalise import (
    AUTHOR_FORM,
    CHANGE_FORM,
    FORMS,
    MODEL_FORM,
    Normaliser,
    Record,
)
from graph.observe.parameters import parameter_count
from graph.observe.record_files import check_files, read_file
from graph.observe.record_writer import RecordAppender, RecordWriter, part_of

__all__ = [
    "AUTHOR_FORM",
    "CHANGE_FORM",
    "FORMS",
    "MODEL_FORM",
    "Issue",
    "Lineage",
    "Normaliser",
    "Outcome",
    "Record",
    "RecordAppender",
    "RecordWriter",
    "check_files",
    "parameter_count",
    "part_of",
    "read_file",
]
