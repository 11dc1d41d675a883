"""The scripts and styles that every page contains, and what says that it runs no others."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template

from bptrace.page.compact import compact_script, compact_styles

ENGINE = (
    "rational.js",
    "interval.js",
    "functions.js",
    "scalar.js",
    "residues.js",
    "operations.js",
    "digits.js",
    "literals.js",
    "evaluate.js",
    "writer.js",
    "answers.js",
    "whatif.js",
)
"""Those of its own engine, which works every row out anew; they know nothing of a page."""
SCRIPTS = (
    *ENGINE,
    "quiz.js",
    "cursor.js",
    "keys.js",
    "names.js",
    "stepper.js",
    "fit.js",
    "graph.js",
    "paths.js",
    "why.js",
    "edit.js",
    "values.js",
    "asking.js",
    "start.js",
)
"""The files of the script, in this order: each uses only what stands before it."""


@cache
def asset(name: str) -> str:
    """The text of one file of the page."""
    return (files("bptrace.page") / "assets" / name).read_text(encoding="utf-8")


def template() -> Template:
    """The page with places for what is in it."""
    return Template(asset("page.html"))


@cache
def script() -> str:
    """The whole script: all its files in one function, so that none of their names is anybody else's."""
    parts = [compact_script(asset(name)).strip() for name in SCRIPTS]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();\n"])


@cache
def styles(marked: bool = False) -> str:
    """The whole style sheet; that of a marked register has more."""
    return "".join(compact_styles(asset(name)) for name in ("page.css", *(["marked.css"] * marked)))


def policy(script: str, styles: str) -> str:
    """The Content-Security-Policy of a page: these two and nothing else, no network, pictures from the page alone."""
    parts = {
        "default-src": "'none'",
        "script-src": _hashed(script),
        "style-src": _hashed(styles),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
