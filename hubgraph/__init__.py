"""hubgraph: the Hugging Face ecosystem as one graph. The command, its settings and its errors."""

__version__ = "0.1.0"
