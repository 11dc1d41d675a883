"""A progress bar on standard error, where that is a terminal; elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Item = TypeVar("Item")


class Bar:
    """The bar: it is there while `counted` items are asked for, and gone wherever something else is written."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.progress: Progress | None = None
        self.task: TaskID | None = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("update"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self.task = self.progress.add_task("update", total=total)

    def counted(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; the bar counts those after the first."""
        for number, item in enumerate(items):
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

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.hide()
