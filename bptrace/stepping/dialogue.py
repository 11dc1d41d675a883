"""Stepping without a screen: a command a line, plain text in answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from bptrace.engine.sentence_parts import plain
from bptrace.stepping import panels
from bptrace.stepping.commands import SCORE, SUMMARY
from bptrace.stepping.reads import side_by_side
from bptrace.stepping.rows import ShownRow
from bptrace.stepping.stepper import AT_END, Stepper

WIDTH = 10_000
MARK = "▸ "
ANSWERED = ("right", "told")
READS_WIDTH, READS = 116, 4
"""What a row reads takes at most so many lines of so many cells."""


def talk(stepper: Stepper, commands: Iterable[str], out: TextIO, err: TextIO) -> None:
    """Do what the lines say until they end or one quits; write what comes of it, complaints to `err`.

    Ctrl-C ends it too, after the score.
    """
    talk = _Talk(stepper, out, err)
    try:
        talk.open()
        waiting = iter(commands)
        while not stepper.done and (line := next(waiting, None)) is not None:
            talk.answer(line)
    except KeyboardInterrupt:
        talk.write(*([""] if stepper.score() else []))
        talk.close()
        raise
    talk.close()


class _Talk:
    """What has been written is known, so that only what is new follows."""

    def __init__(self, stepper: Stepper, out: TextIO, err: TextIO) -> None:
        self.stepper = stepper
        self.out = out
        self.err = err
        self.step = 0

    def open(self) -> None:
        """The network, and the first rows."""
        if self.stepper.title:
            self.write(self.stepper.title, "")
        self.write(*self.stepper.trace.equations, "")
        notes = [f"note: {plain(note.placed)}" for note in self.stepper.trace.notes]
        self.write(*notes, *([""] if notes else []))
        self.show()
        if self.stepper.asking:
            words = "  ".join(" ".join(dict.fromkeys((word, label or word))) for word, label in self.stepper.prompted())
            self.write(f"  an answer, or:  {words}")
        self.ask()

    def close(self) -> None:
        """The score, if there is one."""
        self.write(*self.stepper.score())
        self.out.flush()

    def answer(self, line: str) -> None:
        """Do what a line says, and write what is new."""
        stepper = self.stepper
        trace, before = stepper.trace, self.shown()
        stepper.command(line)
        if stepper.said.kind == "error":
            self.out.flush()
            print(f"error: {stepper.said.text}", file=self.err, flush=True)
        elif stepper.said.text:
            self.write(stepper.said.text)
        if stepper.panel:
            self.panel()
        elif stepper.trace is not trace or self.shown() != before:
            self.show()
        self.ask()
        self.out.flush()

    def shown(self) -> tuple[object, ...]:
        """What hangs on how the newest rows of a trace look."""
        stepper = self.stepper
        return stepper.cursor[1:], stepper.columns, stepper.hidden

    def panel(self) -> None:
        """Write a panel, and close it; the score comes when all is over."""
        stepper = self.stepper
        if stepper.panel == SCORE:
            self.words()
            self.open_panel(SUMMARY)
        elif stepper.said.text != AT_END:  # the end has been reached before, and all of it is written
            self.open_panel(stepper.panel)
        stepper.panel = ""
        stepper.done = stepper.done or bool(stepper.quiz and stepper.hidden == stepper.trace.count)

    def open_panel(self, name: str) -> None:
        """Write a panel under its title."""
        self.stepper.open(name)
        self.write(panels.title(self.stepper))
        self.write(*("".join(text for _, text in line) for line in panels.lines(self.stepper, WIDTH)), "")
        self.stepper.panel = ""

    def show(self) -> None:
        """The newest rows under their step's title, and what they do in words; before a question, what was answered."""
        if self.stepper.asking:
            if self.stepper.said.kind in ANSWERED:
                self.words()
            self.heading()
            self.marked()
            self.reads()
        else:
            self.step = 0
            self.heading()
            self.rows()
            self.words()
            if self.stepper.is_at_end:
                self.open_panel(SUMMARY)

    def heading(self) -> None:
        """Which step it is; before a question, only where that is a new one."""
        cursor = self.stepper.cursor
        if self.step != cursor.step.number:
            self.write("  ".join(part for part in (*self.stepper.heading, f"({cursor.position})") if part))
        self.step = cursor.step.number

    def rows(self) -> None:
        """The newest rows, but for what is asked for; the marked one is marked where it is not the first."""
        stepper, cursor = self.stepper, self.stepper.cursor
        self.marked()
        for line in stepper.lines(cursor.span.start, min(cursor.span.stop, stepper.hidden)):
            self.row(line, MARK if line.place == cursor.marked != cursor.span.start else "  ")

    def marked(self) -> None:
        """The marked row, where it is one before the newest."""
        place = self.stepper.cursor.marked
        if place < self.stepper.cursor.span.start:
            self.row(self.stepper.lines(place, place + 1)[0], MARK)

    def row(self, line: ShownRow, mark: str) -> None:
        """One row, and what is to be noted of it."""
        names = ("quantity", *self.stepper.columns, "value")
        was = f" (was {line.was})" if line.was else ""
        self.write(mark + " | ".join(getattr(line, name) for name in names) + was)
        self.write(*(f"  {note}" for note in line.notes))

    def reads(self) -> None:
        """What the marked row reads."""
        place = self.stepper.cursor.marked
        [row] = self.stepper.lines(place, place + 1)
        label = f"  {row.quantity} reads  "
        lines = side_by_side(self.stepper.read_values(READS_WIDTH), READS_WIDTH, READS)
        self.write(*(f"{label if line is lines[0] else ' ' * len(label)}{line}" for line in lines))

    def words(self) -> None:
        """What the newest rows do."""
        self.write(*(f"  {sentence}" for sentence in self.stepper.sentences()), "")

    def ask(self) -> None:
        """What is asked, if anything is."""
        if self.stepper.asking and not self.stepper.done:
            self.write(self.stepper.question)

    def write(self, *lines: str) -> None:
        """Write lines."""
        self.out.writelines(f"{line}\n" for line in lines)
