"""What a crawl will cost before it starts."""
