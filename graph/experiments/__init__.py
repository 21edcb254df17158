"""Experiments: can a field be told from the others? Pure, without a database."""
