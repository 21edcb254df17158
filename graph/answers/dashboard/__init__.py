"""Who and what dominates the Hub, how it grows, and what is not stated: the dashboard's numbers."""
