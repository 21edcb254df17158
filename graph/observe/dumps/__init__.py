"""Dumps of the Hub: Parquet files of its models, datasets or Spaces, and of events among them.

`docs/dumps.md` says what they hold and how it is understood.
"""
