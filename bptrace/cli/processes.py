"""Work on many items in several processes, where the system can make copies of this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from bptrace.errors import BptraceError

Task = TypeVar("Task")
Done = TypeVar("Done")

FEWEST = 8
"""So many items are worth a process; a copy of this one takes some hundredths of a second."""
ENDED = "error: a process that did some of the work has ended\n   not enough memory? try fewer at a time"


def in_processes(work: Callable[[Task], Done], items: Sequence[Task]) -> Iterator[Done]:
    """What a function gives of each item, in order; it is sent from the process that did the work.

    Raises what the function raises, and BptraceError where a process ends before its work is done.
    """
    count = min(_processors(), len(items) // FEWEST)
    if count < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, items)
        return
    yield work(items[0])  # here, so that what it leads to and is kept is there for every copy
    rest = items[1:]
    copies = [_Copy(work, rest[start::count]) for start in range(count)]
    try:
        for _, copy in zip(rest, cycle(copies), strict=False):
            yield copy.result()
    finally:
        for copy in copies:
            copy.end()


class _Copy(Generic[Done]):
    """A copy of this process that does some of the work. It ends where nobody reads its results any more."""

    def __init__(self, work: Callable[[Task], Done], items: Sequence[Task]) -> None:
        made = multiprocessing.get_context("fork")
        self.results, sent = made.Pipe(duplex=False)
        self.process = made.Process(target=_do, args=(work, items, sent, self.results), daemon=True)
        self.process.start()
        sent.close()

    def result(self) -> Done:
        """The next result. Raises what the work raised, KeyboardInterrupt or BptraceError where the copy ended."""
        found: Done
        try:
            found, problem = self.results.recv()
        except EOFError:
            self.process.join()
            if self.process.exitcode == -signal.SIGINT:  # it may reach the copy first
                raise KeyboardInterrupt from None
            raise BptraceError(ENDED) from None
        if problem:
            raise problem
        return found

    def end(self) -> None:
        """End it, whatever it is at."""
        self.results.close()
        self.process.terminate()
        self.process.join()


def _do(work: Callable[[Task], object], items: Sequence[Task], sent: Connection, read: Connection) -> None:
    """Send what comes of each item. Ctrl-C, and a pipe that nobody reads, end the copy without a word."""
    read.close()  # else it would always have a reader
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    for item in items:
        try:
            sent.send((work(item), None))
        except Exception as problem:
            sent.send((None, problem))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
