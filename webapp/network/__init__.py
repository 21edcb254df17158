"""Drawing a network: where each model is placed and how large it is."""
