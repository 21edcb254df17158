"""Records: what is known of one model or author, in a form that files and crawlers share.

The form is described in `docs/records.md`.
"""

from graph.records.files import check_files, read_file
from graph.records.issues import Issue, Outcome
from graph.records.normalise import (
    AUTHOR_FORM,
    FORMS,
    MODEL_FORM,
    Lineage,
    Normaliser,
    Record,
)
from graph.records.parameters import parameter_count
from graph.records.writer import RecordAppender, RecordWriter

__all__ = [
    "AUTHOR_FORM",
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
    "read_file",
]
