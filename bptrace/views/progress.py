"""A progress bar on standard error, where that is a terminal; elsewhere nothing."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Item = TypeVar("Item")


class Bar:
    """The bar: it is there while `counted` items are asked for, and gone wherever something else is written."""

    def __init__(self, total: int, noun: str = "update") -> None:
        self.total = total
        self.progress: Progress | None = None
        self.task: TaskID | None = None
        self.interrupted = False
        self.before: object = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self.task = self.progress.add_task(noun, total=total)

    def counted(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items one by one; the bar counts those after the first."""
        for number, item in enumerate(items):
            if self.interrupted:
                raise KeyboardInterrupt
            if self.progress and self.task is not None:
                self.progress.update(self.task, completed=number)
                self.progress.start()
            yield item

    def hide(self) -> None:
        """Take the bar off the terminal until the next item."""
        if self.progress:
            self.progress.stop()

    def say(self, text: str) -> None:
        """Write a line to standard error."""
        self.hide()
        print(text, file=sys.stderr)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-C: raised at once, and once more at the next item, should someone have swallowed it."""
        self.interrupted = True
        raise KeyboardInterrupt

    def __enter__(self) -> Bar:
        if self.progress and threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.hide()
        if self.before is not None:
            signal.signal(signal.SIGINT, cast("signal.Handlers", self.before))
