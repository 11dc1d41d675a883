"""What a notebook shows, in a browser: the page steps in its frame, mathematics is drawn, pictures are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load
from tests.browser.chromium import Browser

pytestmark = pytest.mark.browser
TRACE = load("example:relu_2_2_1").trace()
POSITION = "return document.getElementById('position').textContent"


def shown(tmp_path: Path, *things: object) -> Path:
    """A file with what a notebook shows of some things."""
    parts = [thing._repr_mimebundle_()["text/html"] for thing in things]  # type: ignore[attr-defined]
    path = tmp_path / "notebook.html"
    path.write_text("<!DOCTYPE html><meta charset=utf-8><title>Outputs</title>" + "".join(parts), encoding="utf-8")
    return path


def test_a_page_steps_in_its_frame_and_reaches_nothing(browser: Browser, tmp_path: Path) -> None:
    browser.open(shown(tmp_path, TRACE.page()))
    browser.driver.switch_to.frame(0)
    seen = [browser.run(POSITION)]
    for _ in range(2):
        browser.one("[data-key=n]").click()
        seen.append(browser.run(POSITION))
    assert seen == ["forward 1/4", "forward 2/4", "forward 3/4"]
    assert (browser.complaints(), browser.requests()) == ([], [])


def test_tables_have_mathematics_and_keep_to_the_left_whatever_the_notebook_says(
    browser: Browser, tmp_path: Path
) -> None:
    path = shown(tmp_path, TRACE, TRACE["dL/dw"])
    rules = "<style>.out.out tr td { text-align: right; background: red }</style><div class=out>"
    path.write_text(path.read_text(encoding="utf-8").replace("<div", f"{rules}<div", 1), encoding="utf-8")
    browser.open(path)
    sizes = "return [...document.querySelectorAll('math')].map(math => math.getBoundingClientRect().height)"
    assert all(height > 5 for height in browser.run(sizes))
    assert browser.run("return getComputedStyle(document.querySelector('td')).textAlign") == "left"
    fraction = "return document.querySelector('td mfrac').getBoundingClientRect().height"
    assert browser.run(fraction) > 1.5 * browser.run(
        "return document.querySelector('mi').getBoundingClientRect().height"
    )


def test_a_picture_is_an_image_that_is_there(browser: Browser, tmp_path: Path) -> None:
    browser.open(shown(tmp_path, TRACE.graph()))
    width, height = browser.run("const image = document.images[0]; return [image.naturalWidth, image.naturalHeight]")
    assert min(width, height) > 100
