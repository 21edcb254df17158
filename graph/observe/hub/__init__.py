"""From the Hub's own JSON to records: what its API answers and what its dumps hold.

One meaning for both: a crawl and a dump that say the same give the same record. Each rule stands in
one place, for answers in Python and for whole columns of a dump in SQL.
"""
