"""Reasons for a row: paths, rules, sentences, summary."""
