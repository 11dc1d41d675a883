r"""The page that every LaTeX document has: its paper, packages and title, and what holds within its body.

A body is plain ASCII and needs nothing but the packages here, so that pdflatex, lualatex and xelatex all read it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO, cast

from bptrace.typeset.latex_text import escaped
from bptrace.typeset.tex import Tex

UNTITLED = "Backpropagation, step by step"
PACKAGES = ("amsmath", "array", "booktabs", "graphicx", "longtable")
PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
"""
DISPLAYS = r"""% displays begin at the left, below one another, and pages break between their lines
\makeatletter\@fleqntrue\@mathmargin=24pt\tagsleft@true\makeatother\allowdisplaybreaks\jot=3pt
% lines break at a relation or a sum rather than within a product
\relpenalty=50\binoppenalty=100\def\cdot{\mathchar"2201 \penalty1000 }
\lineskiplimit=3pt\lineskip=5pt\normallineskiplimit=3pt\normallineskip=5pt
% what is wider or higher than the page is made smaller, all of it
\setcounter{MaxMatrixCols}{41}
\providecommand{\fitted}{}\renewcommand{\fitted}[3][]{\sbox0{#1$\displaystyle #3$}%
  \ifdim\wd0>\dimexpr\linewidth-#2pt\relax\sbox0{\resizebox{\dimexpr\linewidth-#2pt\relax}{!}{\usebox0}}\fi
  \ifdim\dimexpr\ht0+\dp0\relax>0.8\textheight\sbox0{\resizebox*{!}{0.8\textheight}{\usebox0}}\fi
  \usebox0}
"""
LAYOUT = r"""\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}\raggedright\raggedbottom
\setlength{\LTpre}{4pt}\setlength{\LTpost}{6pt}\setlength{\LTleft}{0pt}\setlength{\LTright}{0pt}
\renewcommand{\arraystretch}{1.2}\clubpenalty=10000\widowpenalty=10000\postdisplaypenalty=10000
% a new page before a heading where less than this is left of one, but for one below another
\makeatletter\def\startstep#1{\if@nobreak\else\par\penalty0\ifdim\dimexpr\pagegoal-\pagetotal\relax<#1\newpage\fi\fi}
\makeatother
"""
BETWEEN = "\n\\pagebreak[0]\n"
"""Where a page can break behind a display; else what follows one stays with it."""
LINE = 483.0
"""How wide the text of the document is, in points."""
LONGEST_LINE = 100_000
"""TeX reads no line of more than twice as many characters."""
MARGIN = 24.0
"""How far from the left a display begins."""


@contextmanager
def document(title: str, out: TextIO) -> Iterator[None]:
    """What stands before and behind a document's body, and its title."""
    name = escaped(title or UNTITLED)
    with paper(out, f"\\begin{{center}}\\Large\\bfseries {name}\\end{{center}}\n\n"):
        yield


@contextmanager
def paper(out: TextIO, top: str = "", more: Sequence[str] = ()) -> Iterator[None]:
    """What stands before and behind the body of a document, whose top is `top`. `more`: packages that it needs."""
    out.write(PREAMBLE)
    out.writelines(f"\\usepackage{{{package}}}\n" for package in (*PACKAGES, *more))
    out.write(f"\n\\begin{{document}}\n{top}")
    with _body(out):
        yield
    out.write("\n\\end{document}\n")


@contextmanager
def fragment(out: TextIO) -> Iterator[None]:
    r"""What stands before and behind a body alone, which is to be `\input` into another document."""
    out.write(f"% \\usepackage{{{','.join(PACKAGES)}}}\n")
    with _body(out):
        yield


@contextmanager
def _body(out: TextIO) -> Iterator[None]:
    out.write(f"\\begingroup\n{LAYOUT}{DISPLAYS}")
    yield
    out.write("\\par\\endgroup\n")


@contextmanager
def at_once(out: TextIO) -> Iterator[TextIO]:
    """Where to write what comes out when all of it is there: nothing does where a part of it is refused."""
    whole = _Held()
    yield cast(TextIO, whole)
    out.writelines(whole.parts)


class _Held(io.TextIOBase):
    """What is written, in parts: together, they may be too long to be there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Hold a text."""
        self.parts.append(text)
        return len(text)


def equations_in_lines(equations: Iterable[tuple[Tex, str]], line: float = LINE) -> str:
    """Equations on a line together, on as many as they take, each whole where it fits and behind what is said of it."""
    pieces = (
        (f"{escaped(about)} " if about else "")
        + (f"\\mbox{{$\\displaystyle {piece.text}$}}" if piece.width <= line else f"${piece.text}$")
        for piece, about in equations
    )
    return ",\\quad\n".join(pieces)


def in_short_lines(text: str) -> str:
    """Mathematics with line ends in the place of some of its spaces, where TeX could not read it in one line."""
    return text if len(text) <= LONGEST_LINE else "\n".join(_short_lines(text.replace("\n", " ")))


def _short_lines(text: str) -> Iterator[str]:
    """A text in lines that end at its spaces; textwrap, word by word, took half the time of a long document."""
    start = 0
    while len(text) - start > LONGEST_LINE:
        end = text.rfind(" ", start + 1, start + LONGEST_LINE + 1)
        if end < 0:  # a long word
            end = text.find(" ", start + LONGEST_LINE)
        if end < 0:
            break
        yield text[start:end].rstrip()
        start = end + 1
    yield text[start:]
