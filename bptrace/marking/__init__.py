"""Somebody else's numbers, read and held against the register."""
