"""Hostile input: mutations of networks, traces, tables and options, each met by a command in a child of its own."""
