"""Documentation, and the program that writes the parts of it that come from the code."""
