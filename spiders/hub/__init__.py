"""What is known of the Hub's interfaces: from its answers to records. No network."""
