"""The arithmetic: rationals, enclosures, arrays of both, proven digits, bounds on size."""
