"""The benchmark: `python -m tests.bench` prints each figure beside its comparison, measured in one run.

A figure is a ratio of two things done in turn, A B, B A, A B, on the same machine in the same minute; it is
the median over the pairs, so that what else the machine is doing disturbs it little. `clock.py` says how.
No test asserts a time: `tests/test_bench.py` proves that both sides of every pair give the same answer.
"""
