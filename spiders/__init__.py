"""Spiders that gather records from the Hub."""
