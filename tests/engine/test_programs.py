"""Programs are shared by networks that differ in numbers alone, and what they are counted to take is told before."""

from __future__ import annotations

import pytest
from flint import fmpq

from bptrace import loads
from bptrace.engine import programs
from bptrace.ops import operations
from tests.conftest import calls_of

ONE = "input: {x: 3}\nweights: {w: 2}\nloss: (w*x)^2\nupdate: {lr: 1/4}"
SAMPLES = "samples: [{input: {x: 1}}, {input: {x: 2}}, {input: {x: 3}}]\nweights: {w: 2}\nloss: (w*x)^2"


def test_rows_are_counted_before_operations_are(monkeypatch: pytest.MonkeyPatch) -> None:
    network = loads(ONE)
    counted = calls_of(monkeypatch, operations, "_operations")
    assert (network.row_count(), network.line_count(), len(counted)) == (3, 3, 0)
    assert network.operation_count() == sum(network.program().operations)
    assert counted


def test_operations_are_those_of_every_sample_or_of_one_without_values() -> None:
    network = loads(SAMPLES)
    assert network.operation_count() == 3 * network.operation_count(values=False) > 0


def test_networks_with_other_numbers_share_a_program() -> None:
    network = loads(ONE)
    assert network.replaced({"w": fmpq(5)}).program() is network.program()


def test_what_was_found_to_fit_is_not_looked_into_again(monkeypatch: pytest.MonkeyPatch) -> None:
    network, found = loads(ONE), calls_of(monkeypatch, programs, "_all_fit")
    for value in range(2, 8):
        network.replaced({"w": fmpq(value)}).trace()
    assert 0 < len(found) < 4
