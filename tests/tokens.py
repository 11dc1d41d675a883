"""What the readers of printed lines share: tokens, and sums of products of what a reader's `unary` reads."""

from __future__ import annotations

import re
from typing import Any

END = "the end"


class Tokens:
    """Walks the tokens of a text. A reader says what a `token` is and has `cases` and `unary`."""

    times = "*"

    cases: Any
    unary: Any

    def __init__(self, text: str, token: str) -> None:
        found = list(re.finditer(rf"(?:{token})|\s+|(.)", text))
        strange = [match.group() for match in found if match.group(1)]
        if strange:
            raise ValueError(f"{strange[0]!r} in {text!r}")
        self.text = text
        self.tokens = [match.group() for match in found if match.group() == ", " or match.group().strip()] + [END]
        self.place = 0

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
        value = self.product()
        while sign := self.take("+", "-"):
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Any:
        value = self.unary()
        while sign := self.take(self.times, "/"):
            factor = self.unary()
            value = value * factor if sign == self.times else value / factor
        return value
