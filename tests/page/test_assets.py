"""The files of a page: no script but its own, no network, no handler and no style in a tag."""

from __future__ import annotations

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from bptrace.page.assets import SCRIPTS, asset, policy, script, styles
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
