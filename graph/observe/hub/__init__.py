"""From the Hub's own JSON to records: what its interface answers and what its dumps hold.

One meaning for both: a crawl and a dump that say the same give the same record.
"""

from graph.observe.hub.models import Json, model_record
from graph.observe.hub.repositories import dataset_record, space_record

__all__ = ["Json", "dataset_record", "model_record", "space_record"]
