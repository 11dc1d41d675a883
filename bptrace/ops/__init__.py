"""The expression tree and the table of operations."""
