"""Scripts and styles without what only their readers need: comments, and blanks that no token needs."""

from __future__ import annotations

import re

COMMENT = re.compile(r"^ *//.*\n|^ */\*(?:.|\n)*?\*/\n|^ +|^\n", re.MULTILINE)
"""A comment that has its lines to itself, a blank line, the blanks that a line begins with."""
TEXT_OR_BLANK = re.compile(
    r"""(`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|\bconst\b|[ ](?:(?<![\w$][ ])|(?![\w$]))(?:(?<![+-][ ])|(?![+-]))"""
)
"""A text in quotes, `const`, or a blank that does not part two names or numbers, nor two signs: `a - -b`."""
ENDS, BEGINS = tuple("{};,(["), tuple("})]")
"""A line that ends with one of these, or goes on below with one, needs no break."""
BESIDE_SIGN = re.compile(r";\s*(?=})| ?([{};,>]) ?\n?|(?<=[a-z])(:) |(?<![\w.])0(?=\.[0-9])")
"""A `;` before a `}`, a sign with the blanks beside it, the 0 of 0.5."""


def compact_script(text: str) -> str:
    r"""A script as it is sent: shorter, and the same to a browser.

    A line with a slash may hold a pattern, in which every blank counts, and stays as it is. `let` is shorter than
    `const`, and does the same for who changes nothing.

    >>> print(compact_script("// adds\nfunction add(a, b) {\n  return a + b;\n}\n"), end="")
    function add(a,b){return a+b;}
    """
    lines = [line if "/" in line else _compact_line(line) for line in COMMENT.sub("", text).splitlines()]
    return "".join(map(_with_break, lines, [*lines[1:], ""]))


def _with_break(line: str, following: str) -> str:
    """A line with its end, where that is needed: not where the code goes on, but behind a comment."""
    goes_on = "//" not in line and (line.endswith(ENDS) or following.startswith(BEGINS))
    return line if goes_on else f"{line}\n"


def _compact_line(line: str) -> str:
    return TEXT_OR_BLANK.sub(lambda found: found[1] or ("let" if found[0] == "const" else ""), line)


def compact_styles(text: str) -> str:
    r"""A style sheet as it is sent.

    >>> print(compact_styles("th, td {\n  color: red;\n}\n"))
    th,td{color:red}
    """
    return BESIDE_SIGN.sub(lambda found: found[1] or found[2] or "", COMMENT.sub("", text))
