"""An independent reader of MathML, as the plain text that `tests.readers.register` reads.

It reads the tree of elements. A name is what its element says it is, in `data-name`.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

from bptrace import Trace
from tests.readers.formulas import separated
from tests.readers.intervals import Number
from tests.readers.register import Names, names_of, value_of

SIGNS = {"⋅": "*", "−": "-", "≤": "<=", "≥": ">=", "σ": "sigmoid", "π": "pi", "∞": "inf", "⁡": "", "⁢": "*"}


class Elements:
    """Reads what is written of the elements of a trace."""

    def __init__(self, trace: Trace) -> None:
        values = names_of(trace)
        self.keys = {name: f"q{number}" for number, name in enumerate(values)}
        self.named = Names({self.keys[name]: value for name, value in values.items()})
        self.named.digits = values.digits

    def value(self, html: str) -> Number:
        """What a rule or formula comes to. ValueError: it does not read, or says what is not true."""
        text = self.inner(fromstring(f"<p>{html}</p>"))
        text = re.sub(r"×?10\^\((-?\d+)\)", lambda found: f"{'' if found[0][0] == '×' else '1'}e{found[1]}", text)
        return value_of(separated(re.sub(r"\s*(<=|>=|[=<>:])\s*", r"\1", text)).strip(), self.named)

    def inner(self, element: Element) -> str:
        return "".join(map(self.read, element))

    def read(self, element: Element) -> str:
        """What an element says."""
        if name := element.get("data-name"):
            return f" {self.keys[name]} "
        parts = list(map(self.read, element))
        match element.tag, parts:
            case "mfrac", [top, bottom]:
                return f"(({top})/({bottom}))"
            case "msup", [base, exponent]:
                return f"exp({exponent})" if base == "e" else f"{base}^({exponent})"
            case "msqrt", [inner]:
                return f"sqrt({inner})"
            case "mtable", rows:
                return ", ".join(rows)
            case ("mo" | "mi" | "mn" | "mtext") as tag, []:
                return self.token(tag, element)
            case (("math" | "mrow" | "mtr" | "mtd" | "wbr"), _):
                return "".join(parts)
        raise ValueError(f"no {element.tag} of {len(parts)} elements is known")

    def token(self, tag: str, element: Element) -> str:
        text = (element.text or "").replace("\N{NO-BREAK SPACE}", " ")
        if text == "|":
            return "abs(" if element.get("form") == "prefix" else ")"
        if text == "{":
            return ""
        return f" {text.strip()} " if tag == "mtext" else SIGNS.get(text, text)
