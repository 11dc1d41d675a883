"""How well a register is marked, measured: `python -m tests.bench.marking --cases N` prints the rates.

Random networks of ten kinds are worked out as people do it, with digits as people write them, right or with one slip;
`bptrace.marking` does not know which, and what it says is counted. The seed is fixed: every case can be had again.
"""
