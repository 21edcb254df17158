"""Benchmarks that print ratios against a peer, in one run."""
