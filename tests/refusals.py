"""What a text comes to: a trace or a complaint, at the place that a mark in the text says, within bounded work."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import pytest

from bptrace import BptraceError, SpecError, Trace, loads
from bptrace.errors import InternalError

HERE = "¦"
PATIENCE = 10


class TooLongError(BaseException):
    """Raised in the midst of work that should have ended."""


@contextmanager
def bounded(seconds: int = PATIENCE) -> Iterator[None]:
    """Fail where the block takes far more of the processor than bounded work could, however busy the machine is."""

    def late(signum: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)
    try:
        yield
    except TooLongError:
        pytest.fail(f"not done after {seconds} seconds of work", pytrace=False)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(text: str) -> Trace | BptraceError:
    """What a text comes to: a trace with every row written, or a complaint. Any other ending is raised."""
    with bounded():
        try:
            trace = loads(text, "net.yaml").trace()
            written = [(*row.texts(), *row.notes) for row in trace.rows()]
        except BptraceError as complaint:
            problem = complaint
        else:
            assert all(all(row[: 3 if trace.symbolic else None]) for row in written)
            return trace
    if isinstance(problem, InternalError):
        raise problem
    assert "error: " in str(problem)
    return problem


def refusal(marked: str) -> SpecError:
    """The complaint about a text, which must stand at the `¦` in it: line, column and caret."""
    before, found, after = marked.partition(HERE)
    assert found, "a marked text"
    problem = outcome(before + after)
    assert isinstance(problem, SpecError), "the text is refused"
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert (problem.line, problem.column) == (line, column), str(problem)
    assert str(problem).startswith(f"net.yaml:{line}:{column}: error: {problem.message}\n")
    assert problem.hints, f"no line says what would be right: {problem.message}"
    return problem


def refuses(cases: Sequence[tuple[str, ...]], before: str = "", after: str = "") -> Callable[[tuple[str, ...]], None]:
    """A test that each text is refused at its `¦`, between what stands `before` and `after` it.

    A case is the text, the message, and all the hints where they are told.
    """

    @pytest.mark.parametrize("case", cases, ids=range(len(cases)))
    def test(case: tuple[str, ...]) -> None:
        text, message, *hints = case
        problem = refusal(before + text + after)
        assert problem.message == message
        assert not hints or list(problem.hints) == hints

    return test
