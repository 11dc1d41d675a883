"""A marked register in the page: the person's column beside the right one, all rows there, the mistake a click away."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.working import Working
from bptrace.views.marking_html import write_html_marking
from tests.browser.chromium import Browser
from tests.conftest import RELU

pytestmark = pytest.mark.browser
WRITTEN = "quantity,value\nz1,2\ndL/dz2,-2\ndL/dw21,-2\n<img src=x onerror='window.ran=1'>,3\n"
BESIDE = (
    "return [...document.querySelectorAll('.rows tbody tr')].map((row) => row.cells[4].textContent).filter(Boolean)"
)


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_written_stands_beside_the_value(browser: Browser, tmp_path: Path, width: int) -> None:
    marker = Marker(Working(load(RELU).trace(inputs=True)), RELU)
    path = tmp_path / "anna.html"
    with path.open("w", encoding="utf-8") as out:
        write_html_marking(marker.report(Source("anna.csv", WRITTEN)), out)
    browser.size(width)
    browser.open(path)
    assert browser.run("return scrollY") == 0
    assert browser.run(BESIDE)[0] == "2✓ right"
    assert browser.run(BESIDE)[1].startswith("-2✗ slip: hidden slope forgotten")
    assert browser.run(BESIDE)[2] == "-2↳ follows dL/dz2"
    assert browser.run("return window.ran") is None
    assert not browser.one("#start-quiz").is_displayed()
    assert browser.overflow() == 0
    browser.run("document.querySelector('.follows a').click()")
    browser.run("return new Promise((done) => setTimeout(done, 50))")
    assert browser.run("return document.querySelector('tr.new .verdict').textContent").startswith("✗ slip")
    assert browser.axe() == []
