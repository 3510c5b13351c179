"""Ratios of each conversion to the JSON round trip of the same body."""
