"""The files of a page: no script but its own, no network, no handler and no style in a tag."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from bptrace.page.assets import SCRIPTS, asset, policy, script, styles
from bptrace.stepping.commands import COMMANDS
from tests.conftest import ROOT

FOLDER = ROOT / "bptrace" / "page" / "assets"


def test_every_script_is_in_the_page() -> None:
    assert sorted(SCRIPTS) == sorted(path.name for path in FOLDER.glob("*.js"))


def test_a_page_is_sent_without_comments() -> None:
    assert not re.search(r"^ *(//|/\*)", script() + styles(), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_a_script_takes_no_text_for_markup_or_for_code(path: Path) -> None:
    wrong = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|setAttribute\(.(on|style)"
    assert not re.search(wrong, path.read_text(encoding="utf-8"))


def test_the_policy_allows_two_texts_and_nothing_from_a_network() -> None:
    parts = dict(part.split(" ", 1) for part in policy("a", "b").split("; "))
    for part, text in {"script-src": "a", "style-src": "b"}.items():
        [found] = re.findall(r"'sha256-(.*?)'", parts.pop(part))
        assert b64decode(found) == sha256(text.encode()).digest()
    assert parts == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_the_frame_of_a_page_has_no_handlers_and_no_styles() -> None:
    assert not re.search(r"<[^>]* (on\w+|style|src|href=.(?!#))", asset("page.html"))


# The keys of a page are those of `bptrace step`: what does something in both does the same.

FOUND = re.findall(r'name: "(\w+)", keys: (\[.*?\])', asset("keys.js"))
KEYS = {key: name for name, keys in FOUND for key in json.loads(keys)}
SPELLED = {"space": " ", "enter": "Enter", "right": "ArrowRight", "left": "ArrowLeft", "up": "ArrowUp",
           "down": "ArrowDown", "home": "Home", "end": "End", "escape": "Escape"}  # fmt: skip
SAME = {"next": "next", "": "next", "back": "back", "first": "first", "last": "last", "go": "goTo", "search": "goTo",
        "up": "up", "down": "down", "why": "why", "show": "whatIf", "set": "whatIf", "summary": "summary",
        "rows": "rows", "formula": "columns", "help": "help"}  # fmt: skip
"""What each command of `step` is called in a page."""
ELSEWHERE = {"tab", "N", "d", "e", "pageup", "pagedown", "q"}
"""Keys that a browser or a quiz has for itself, and what a page does not do."""


def test_what_does_something_in_both_does_the_same() -> None:
    for command in COMMANDS:
        known = {SAME[word] for word in command.words if word in SAME}
        for key in set(command.keys) - ELSEWHERE - {"escape"}:
            name = KEYS[SPELLED.get(key, key)]
            assert name in known or (key == "n" and name == "next"), key


def test_escape_closes_what_is_open() -> None:
    assert KEYS["Escape"] == "close"
