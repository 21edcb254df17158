"""The network of some models: what they come from and what came of them."""
