"""What the spiders share: asking, waiting, going on after an interruption, writing what came."""
