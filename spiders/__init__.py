"""What gathers records from the Hub."""
