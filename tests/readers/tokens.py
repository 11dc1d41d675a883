"""What the readers of printed lines share: names, tokens, and sums of products of what a reader's `unary` reads.

A line may be as long as a network is large, so reading takes time in proportion to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

END = "the end"


class Longest:
    """Finds the longest of many names that stands at a place of a text, with nothing behind it that `more` matches."""

    def __init__(self, names: Iterable[str], more: str) -> None:
        self.names = frozenset(names)
        self.lengths = sorted({len(name) for name in self.names}, reverse=True)
        self.starts = {name[:1] for name in self.names}
        self.more = re.compile(more)

    def at(self, text: str, place: int) -> str:
        """The name, or nothing."""
        if text[place] in self.starts:
            for length in self.lengths:
                name = text[place : place + length]
                if name in self.names and not self.more.match(text, place + len(name)):
                    return name
        return ""


class Tokens:
    """Walks the tokens of a text. A reader says what a `token` is and has `cases` and `unary`."""

    times = "*"

    cases: Any
    unary: Any

    def __init__(self, text: str, names: Longest, token: str) -> None:
        self.text = text
        self.tokens = [*self.split(names, re.compile(rf"(?:{token})|\s+")), END]
        self.place = 0

    def split(self, names: Longest, token: re.Pattern[str]) -> Iterator[str]:
        place = 0
        while place < len(self.text):
            found = names.at(self.text, place)
            if not found:
                match = token.match(self.text, place)
                if not match:
                    raise self.wrong(repr(self.text[place]))
                found = match.group()
            if found == ", " or not found.isspace():
                yield found
            place += len(found)

    def everything(self) -> Any:
        value = self.cases()
        self.need(END)
        return value

    @property
    def token(self) -> str:
        return self.tokens[self.place]

    def take(self, *wanted: str) -> str:
        if self.token not in wanted:
            return ""
        self.place += 1
        return self.tokens[self.place - 1]

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.wrong(f"expected {wanted!r}, not {self.token!r}")

    def wrong(self, problem: str) -> ValueError:
        return ValueError(f"{problem} in {self.text!r}")

    def sum(self) -> Any:
        terms = [self.product()]
        while sign := self.take("+", "-"):
            terms.append(self.product() if sign == "+" else -self.product())
        return self.total(terms) if len(terms) > 1 else terms[0]

    def total(self, terms: list[Any]) -> Any:
        return sum(terms[1:], terms[0])

    def product(self) -> Any:
        value = self.unary()
        while sign := self.take(self.times, "/"):
            factor = self.unary()
            value = value * factor if sign == self.times else value / factor
        return value
