"""Work in several processes: results in order, problems raised, no process left over."""

from __future__ import annotations

import multiprocessing
import os
import signal
from unittest.mock import patch

import pytest

from bptrace.cli import processes
from bptrace.errors import BptraceError, SpecError


@pytest.fixture(autouse=True)
def two_processors() -> object:
    with patch.object(processes, "_processors", lambda: 2):
        yield


def squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def test_results_come_in_order_from_several_processes() -> None:
    found = list(processes.in_processes(squared, range(40)))
    assert [square for square, _ in found] == [number**2 for number in range(40)]
    assert len({process for _, process in found}) == 3
    assert found[0][1] == os.getpid()


@pytest.mark.parametrize("count", [0, 1, processes.FEWEST])
def test_few_items_are_worked_on_here(count: int) -> None:
    assert {process for _, process in processes.in_processes(squared, range(count))} <= {os.getpid()}


def test_without_fork_all_is_worked_on_here() -> None:
    with patch.object(multiprocessing, "get_all_start_methods", lambda: ["spawn"]):
        assert {process for _, process in processes.in_processes(squared, range(40))} == {os.getpid()}


def failing(number: int) -> int:
    if number == 30:
        raise SpecError("no such number", None, "another")
    if number == 35:
        os._exit(9)
    return number


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(SpecError) as problem:
        list(processes.in_processes(failing, range(33)))
    assert str(problem.value) == "error: no such number\n   another"


def test_a_process_that_ends_before_its_work_is_a_problem() -> None:
    with pytest.raises(BptraceError, match="has ended"):
        list(processes.in_processes(failing, [*range(30), *[35] * 9]))


def interrupted(number: int) -> int:
    if number == 35:
        os.kill(os.getpid(), signal.SIGINT)
    return number


def test_ctrl_c_may_reach_a_copy_first() -> None:
    with pytest.raises(KeyboardInterrupt):
        list(processes.in_processes(interrupted, range(40)))


def test_no_process_is_left_when_results_are_no_longer_wanted() -> None:
    results = processes.in_processes(squared, range(1000))
    next(results)
    _, process = next(results)
    results.close()  # type: ignore[attr-defined]
    for child in multiprocessing.active_children():
        child.join(5)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
