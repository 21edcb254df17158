"""A made-up Hub of any size with the shape of the real one: for benchmarks and for tests.

`python -m bench.hub --models 3100000 OUT_DIR` writes it in the format of the Hub's daily dump, as
`models.parquet`, `datasets.parquet` and `spaces.parquet`; `records` gives it as records, and
`python -m tests.hub --models 10000` serves it. The same seed and size always give the same Hub.
"""
