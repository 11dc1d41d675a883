"""Complaints: what is wrong, where, and what would be right."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, Self

SNIPPET_WIDTH = 88
LINE = 300
UNSEEN = r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
"""What Unicode has among letters, marks and signs that nobody sees, fillers and the like, as a part of a pattern."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
PATH = 200
NAME = 100
LOOKED_THROUGH = 10_000
"""So long is a path, and a name, at most as a complaint has it."""


class BptraceError(Exception):
    """Anything bptrace refuses to do; `str()` gives the whole message, ready for a terminal."""

    def __str__(self) -> str:
        return printable_lines(super().__str__())

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it where nobody catches it: the message alone."""
        return str(self).split("\n")


class InternalError(BptraceError):
    """The double entry disagrees: the arrays give one value and the printed rule another."""


class UnknownNameError(KeyError):
    """A name that a trace does not have: a KeyError, as of a dict."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it where nobody catches it: the message alone."""
        return [f"KeyError: {printable(str(self.args[0]))}"]


class Source(NamedTuple):
    """A text and the name to quote it by."""

    name: str
    text: str

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    def path(self, offset: int) -> str:
        """What a complaint calls a place where that is no line and column: of a dict a path, of a text nothing."""
        return ""

    @property
    def is_quoted(self) -> bool:
        """Whether complaints show its lines, not only their numbers."""
        return True

    @property
    def start(self) -> Mark:
        """Its first character that is no blank."""
        return Mark(self, len(self.text) - len(self.text.lstrip()))

    @property
    def end(self) -> Mark:
        """Behind the last character that is no blank, and in no line of its own that is a comment."""
        text = self.text.rstrip()
        while (start := text.rfind("\n") + 1) and text.startswith("#", start):
            text = text[:start].rstrip()
        return Mark(self, len(text))


class UnquotedSource(Source):
    """A text that may be anything, of which a complaint shows nothing but a line's number."""

    @property
    def is_quoted(self) -> bool:
        """That it does not."""
        return False


@lru_cache(maxsize=2)
def _line_starts(text: str) -> list[int]:
    """Where each line begins: a text with thousands of mistakes is gone through once, and not for each."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


class Mark(NamedTuple):
    """A place in a source; `offset` counts characters from its start."""

    source: Source
    offset: int

    @property
    def line(self) -> int:
        """The 1-based line."""
        return bisect_right(_line_starts(self.source.text), self.offset)

    @property
    def column(self) -> int:
        """The 1-based column, in characters."""
        return self.offset - self._line_start + 1

    @property
    def where(self) -> str:
        """What a complaint calls the place elsewhere: `line 7`, or its path in a dict."""
        return self.source.path(self.offset) or f"line {self.line}"

    def seen_from(self, other: Mark) -> str:
        """What a complaint at another place calls this one: with its file where that is another one."""
        file = f" of {shortened_path(self.source.name)}" if self.source.name != other.source.name else ""
        return f"{self.where}{file}"

    @property
    def exactly(self) -> str:
        """The place in words, in full: `line 7, column 10`, or its path in a dict."""
        return self.source.path(self.offset) or f"line {self.line}, column {self.column}"

    @property
    def at(self) -> str:
        """What a complaint about the place begins with: `net.yaml:7:3`, or `<dict>:forward.z`."""
        return f"{shortened_path(self.source.name)}:{printable(self.source.path(self.offset)) or self._numbers}"

    @property
    def _numbers(self) -> str:
        return f"{self.line}:{self.column}"

    @property
    def unquoted(self) -> Mark:
        """The mark at this place in a text of which nothing is quoted."""
        return Mark(UnquotedSource(*self.source), self.offset)

    @property
    def _line_start(self) -> int:
        return self.source.text.rfind("\n", 0, self.offset) + 1

    def snippet(self) -> str:
        """The marked line with a caret under the place, cut to a window around it; nothing of what is not quoted."""
        if not self.source.is_quoted:
            return ""
        start = self._line_start
        end = self.source.text.find("\n", start)
        line_end = len(self.source.text) if end < 0 else end
        low = max(start, self.offset - SNIPPET_WIDTH // 2) if line_end - start > SNIPPET_WIDTH else start
        high = min(line_end, low + SNIPPET_WIDTH)
        before = printable(self.source.text[low : self.offset])
        after = printable(self.source.text[self.offset : high].rstrip("\r"))
        left, right = "…" if low > start else "", "…" if high < line_end else ""
        pad = " " * _columns(left + before)
        label = f"{'' if self.source.path(self.offset) else self.line:>4}"
        quoted = f"{label} | {left}{before}{after}{right}".rstrip()
        return f"{quoted}\n{' ' * len(label)} | {pad}^"


class SpecError(BptraceError):
    """A network, or something asked of it, that cannot be read: `path:line:col: error: …`.

    Of a network from a dict, the place is a path instead: `<dict>:weights.w[1]: error: …`, and there is no line.
    `mark` is None where there is no place in a text (a file that does not exist, say);
    `hints` are further lines that say what would be right.
    """

    def __init__(self, message: str, mark: Mark | None = None, *hints: str) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.mark = mark
        self.hints = tuple(map(printable, hints))

    def unquoted(self) -> Self:
        """A complaint about a text of which nothing is shown."""
        return type(self)(self.message, self.mark and self.mark.unquoted, *self.hints)

    def within(self, place: str, *hints: str) -> Self:
        """A complaint of a part of the whole: `sample 2: …`."""
        return type(self)(f"{place}: {self.message}", self.mark, *self.hints, *hints)

    @property
    def line(self) -> int | None:
        """The 1-based line, or None."""
        return self.mark.line if self.mark and not self._is_path else None

    @property
    def column(self) -> int | None:
        """The 1-based column, or None."""
        return self.mark.column if self.mark and not self._is_path else None

    @property
    def _is_path(self) -> bool:
        return bool(self.mark and self.mark.source.path(self.mark.offset))

    def __str__(self) -> str:
        return pointed("error", self.message, self.mark, *self.hints)


class UndefinedError(SpecError):
    """A value that does not exist: a division by zero, the log of a negative number."""


class SizeError(SpecError):
    """A value that would take more digits than are worked out."""


def pointed(kind: str, message: str, mark: Mark | None, *hints: str) -> str:
    """What is said of a place, with the place before it and its line below: `path:line:col: error: …`."""
    lines = [f"{kind}: {printable(message)}"]
    if mark:
        lines = [f"{mark.at}: {lines[0]}", *filter(None, [mark.snippet()])]
    return "\n".join([*lines, *(f"   {hint}" for hint in hints)])


def one_line(problem: BptraceError) -> str:
    """A complaint on one line, without the place: `unknown name 'q': known here: b, w, x`."""
    if not isinstance(problem, SpecError):
        return cut(": ".join(map(str.strip, str(problem).removeprefix("error: ").splitlines())), LINE)
    return cut(": ".join([problem.message, *problem.hints]), LINE)


def printable(text: str) -> str:
    """The text with every character that could steer a terminal replaced by a visible one."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char in "\t\n" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def printable_lines(text: str) -> str:
    """Lines of text, each printable."""
    return "\n".join(map(printable, text.split("\n")))


def shortened_path(path: str) -> str:
    """A path as it is printed, cut in the middle where it is very long."""
    return cut(path, PATH)


def unseen(text: str) -> str:
    r"""The code points of the text that cannot be seen, if any; a blank can.

    >>> unseen("w"), unseen("w\N{COMBINING GRAPHEME JOINER}"), unseen("\N{ZERO WIDTH SPACE}w")
    ('', 'U+034F', 'U+200B')
    """
    if text.isascii() and text.isprintable():
        return ""
    hidden = (char for char in text if _UNSEEN.match(char) or not (char in "\t\n" or char.isprintable()))
    return ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in hidden))


def shortened(text: str, limit: int = 40) -> str:
    """The text in quotes, cut in the middle where it is longer than `limit` characters."""
    return f"'{cut(text, limit)}'"


def cut(text: str, limit: int = 400) -> str:
    """The text, cut in the middle where it is longer than `limit` characters."""
    text = printable(text)
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 4 :]}"


def suggestion(word: str, known: Iterable[str]) -> list[str]:
    """A line that says which known word was probably meant, or no line; the first 10,000 are looked through."""
    from difflib import get_close_matches

    if len(word) > 60:
        return []
    known = list(islice(known, LOOKED_THROUGH))
    alike = [name for name in known if name.lower() == word.lower()]
    near = alike or [name for text in (word, word.lower()) for name in get_close_matches(text, known, n=1, cutoff=0.5)]
    return [f"did you mean '{cut(near[0], NAME)}'?"] if near else []


def listed(names: list[str], limit: int = 12) -> str:
    """The names in order, separated by commas; the rest counted where there are many."""
    shown = [cut(name, NAME) for name in sorted(names)[:limit]]
    return ", ".join(shown) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def _columns(text: str) -> int:
    import unicodedata

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)
