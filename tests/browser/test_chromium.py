"""That the browser's own questions can be answered with no: a page with every fault is told from one without."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.chromium import Browser

pytestmark = pytest.mark.browser
GOOD = """<!DOCTYPE html><html lang="en"><head><title>Good</title></head>
<body><main><h1>Good</h1><p class="shown">seen</p></main></body></html>"""
BAD = """<!DOCTYPE html><html><head></head><body><img src="http://127.0.0.1:9/picture.png">
<p style="width: 2000px; color: #eee">hardly seen</p><script>console.error("a fault")</script></body></html>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_page_without_fault(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, GOOD))
    assert browser.texts("p.shown") == ["seen"]
    assert browser.overflow() == 0
    assert browser.axe() == []


def test_faults_are_found(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, BAD))
    browser.size(320)
    assert browser.overflow() > 1000
    assert browser.requests() == ["http://127.0.0.1:9/picture.png"]
    assert any("a fault" in complaint for complaint in browser.complaints())
    assert {"color-contrast", "document-title", "html-has-lang", "image-alt"} <= {found[0] for found in browser.axe()}


def test_colour_scheme_and_paper(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, GOOD))
    dark = "return matchMedia('(prefers-color-scheme: dark)').matches"
    assert not browser.run(dark)
    browser.media("dark")
    assert browser.run(dark)
    browser.media(medium="print")
    assert browser.run("return matchMedia('print').matches")
    assert browser.pdf().startswith(b"%PDF")
