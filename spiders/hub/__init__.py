"""What we know of the Hub: its addresses, its answers as records, its quota. No network."""
