"""A made-up Hub of any size with the shape of the real one, in the format of its daily dump.

`python -m bench.hub --models 3100000 OUT_DIR` writes `models.parquet`, `datasets.parquet` and
`spaces.parquet`. The same seed and size always give the same files.
"""
