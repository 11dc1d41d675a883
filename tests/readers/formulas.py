r"""An independent reader of typeset formulas, LaTeX and Unicode: as the plain text that `tests.readers.register` reads.

It shares nothing with what writes them: groups are found by their braces, raised text by its characters.
`\dfrac{a}{b}` is `((a)/(b))`, `x^{2}` is `x^(2)`, `\begin{cases} 1 & \text{if } z > 0 ...` is `1 if z>0, ...`.
Names, which are typeset as symbols, are looked up first, the longest before the others.
"""

from __future__ import annotations

import re
from typing import Any

from bptrace import Trace
from bptrace.typeset.names import Names
from tests.readers.intervals import Number
from tests.readers.register import Names as Values
from tests.readers.register import names_of, value_of
from tests.readers.tokens import Longest

HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = r"\d+(?:\.\d+)?"
PLAIN = {
    r"\cdot": "*", "·": "*", r"\le": "<=", r"\ge": ">=", "≤": "<=", "≥": ">=", r"\colon": ":", r"\pi": "pi", "π": "pi",
    r"\left": "", r"\right": "", **dict.fromkeys((r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr"), ""),
    r"\!": "", r"\allowbreak": "", r"\mathopen": "",
    r"\quad": "", r"\lvert": "abs(", r"\rvert": ")", "±": "±", r"\infty": "inf", "∞": "inf", "√": "sqrt", "½": "(1/2)",
}  # fmt: skip
START = re.compile(r"\\mathrm\{e\}|(?<![\w\\])(?=.)", re.DOTALL)
"""Euler's number, or where a name may begin."""
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\s+|.", re.DOTALL)


class Symbols:
    """How the elements of a trace are typeset, by their names in the register, and which name stands for each."""

    def __init__(self, trace: Trace, form: Any) -> None:
        names = Names(trace, form)
        self.values: Values = names_of(trace)
        texts = {names.element(name).text: name for name in self.values}
        self.clashing = len(texts) < len(self.values)
        self.keys = {text: f"q{number}" for number, text in enumerate(texts)}
        self.named = Values({self.keys[text]: self.values[name] for text, name in texts.items()})
        self.named.digits = self.values.digits
        self.longest = Longest(texts, r"[A-Za-z\d_'₀-ₜ⁽]")

    def keyed(self, text: str) -> str:
        """The text with what stands for each name; Euler's number is none."""
        parts, place = list[str](), 0
        for found in START.finditer(text):
            name = "" if found.group() or found.start() < place else self.longest.at(text, found.start())
            if name:
                parts += [text[place : found.start()], f" {self.keys[name]} "]
                place = found.start() + len(name)
        return "".join([*parts, text[place:]])

    def value(self, text: str) -> Number:
        """What a typeset rule or formula comes to. ValueError: it does not read, or says what is not true."""
        return value_of(plain(self.keyed(text)), self.named)


def plain(text: str) -> str:
    """A typeset text as the register would print it."""
    text = re.sub(r"(\d)\\allowbreak (?=\d)", r"\1", text)
    text = re.sub(rf"({NUMBER}) \\times 10\^\{{(-?\d+)\}}", r"\1e\2", text)
    text = re.sub(r"10\^\{(-?\d{2,})\}", r"1e\1", text)
    text = re.sub(r" \\pm ", "±", text)
    return _Walk(text).everything()


def separated(text: str) -> str:
    """The text with a space after the commas between cases, and none after those between arguments."""
    parts = re.split(r"([(),])\s*", text)
    levels: list[list[int]] = [[]]
    for place, part in enumerate(parts):
        if part == "(":
            levels.append([])
        elif part == ",":
            levels[-1].append(place)
        elif re.search(r"\bif\b", part):
            levels[-1].append(-1)
        if part == ")" or place == len(parts) - 1:
            commas = levels.pop()
            for comma in commas if -1 in commas else []:
                parts[comma] = ", " if comma >= 0 else parts[comma]
    return "".join(parts)


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = TOKEN.findall(text)
        self.place = 0
        self.bars: list[bool] = []

    def everything(self) -> str:
        found = self.until("")
        assert self.place == len(self.tokens), self.text
        return separated(re.sub(r"\s*(<=|>=|[=<>:])\s*", r"\1", found).strip())

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def until(self, end: str) -> str:
        parts, last = list[str](), ""
        while self.place < len(self.tokens):
            token = self.take()
            if token == end:
                return "".join(parts)
            parts.append(self.part(token, last))
            last = parts[-1].rstrip()[-1:] or last
        if end:
            raise ValueError(f"{end} is missing in {self.text}")
        return "".join(parts)

    def group(self) -> str:
        if self.take() != "{":
            raise ValueError(f"a group is missing in {self.text}")
        return self.until("}")

    def part(self, token: str, before: str) -> str:
        """What a token and its groups say, behind a character that is no space."""
        if token in (r"\frac", r"\dfrac", r"\tfrac"):
            return f"(({self.group()})/({self.group()}))"
        if token == r"\mathrm":
            return self.exponential()
        if token == r"\sqrt":
            return f"sqrt({self.group()})"
        if token == r"\operatorname":
            return self.group().replace(r"\_", "_")
        if token == r"\text":
            return f" {self.group().strip()} "
        if token == r"\begin":
            return self.cases()
        if token == "{":
            return self.until("}")
        if token == "^":
            return f"^({self.group()})" if self.tokens[self.place] == "{" else "^"
        if token[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻":
            return f"^({token.translate(HIGH)})"
        if token == "|":
            return ")" if re.match(r"[\w)]", before) else "abs("
        return PLAIN.get(token, token.removeprefix("\\") if len(token) > 2 else token)

    def exponential(self) -> str:
        if self.group() != "e" or self.take() != "^":
            raise ValueError(f"an unknown word in {self.text}")
        return f"exp({self.group()})"

    def cases(self) -> str:
        if self.group() != "cases":
            raise ValueError(f"an unknown environment in {self.text}")
        body = self.until(r"\end")
        self.group()
        return body.replace("&", " ").replace(r"\\", ", ")
