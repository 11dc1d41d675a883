"""A page in windows of any size: its picture can be read, it is no wider than the window, its buttons lie apart."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import ROOT, traced

pytestmark = pytest.mark.browser
NETWORKS = [ROOT / "networks" / f"{name}.yaml" for name in ("relu_2_2_1", "lstm", "convolution", "xor_batch", "adam")]
SIZES = [(320, 640), (768, 1024), (1024, 768), (1280, 720), (1920, 1080)]
SMALLEST = 9.4
LETTERS = """
const picture = document.querySelector('.bptrace-graph');
return Math.min(...[...picture.querySelectorAll('text')].map(
  (text) => parseFloat(text.getAttribute('font-size')) * picture.getScreenCTM().a));
"""
OVER_EACH_OTHER = """
const boxes = [...document.querySelectorAll('#player :is(button, select, output, label)')].map(
  (found) => [found.textContent || found.title, found.getBoundingClientRect()]).filter(([, box]) => box.width);
return boxes.flatMap(([one, a], place) => boxes.slice(place + 1).filter(([, b]) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
).map(([other]) => [one, other]));
"""
NEW_PART_IS_SEEN = """
const place = document.getElementById('graph').getBoundingClientRect();
const boxes = [...document.querySelectorAll('#graph .now')].map((part) => part.getBoundingClientRect());
return boxes.some((box) => box.top >= place.top && box.bottom <= place.bottom);
"""


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_page_can_be_read_at_any_size(browser: Browser, written: Written, path: str) -> None:
    for size in SIZES:
        browser.size(*size)
        browser.open(written(traced(path)), "step-5")
        assert browser.run(LETTERS) > SMALLEST, size
        assert browser.overflow() == 0, size
        assert browser.run(OVER_EACH_OTHER) == [], size
        assert browser.run(NEW_PART_IS_SEEN), size


def test_a_picture_that_needs_the_width_stands_above(browser: Browser, written: Written) -> None:
    browser.size(1280, 720)
    browser.open(written(traced(NETWORKS[0])))
    above = "return document.getElementById('graph').nextElementSibling.localName === 'main'"
    assert browser.run(above)
    assert browser.run("return document.getElementById('graph').tabIndex") == -1, "all of it is seen: nothing scrolls"
    browser.size(1920, 1080)
    browser.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert not browser.run(above)


def test_what_is_printed_on_wide_paper_has_nothing_that_stays_or_is_cut(browser: Browser, written: Written) -> None:
    browser.open(written(traced(NETWORKS[1])))
    browser.media(medium="print")
    looks = "return ['#graph', '#network', 'main'].map((part) => getComputedStyle(document.querySelector(part)))"
    graph, network, main = browser.run(f"{looks}.map((look) => [look.position, look.maxHeight, look.display])")
    assert graph[:2] == network[:2] == ["static", "none"]
    assert main[2] == "block"
