"""Asking the Hub: requests, quota, retries, paging, and resuming after an interruption."""
