"""What if: a given that is edited in the page makes of every row what the command line makes of it."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from bptrace import Network, load
from bptrace.marking.working import Working
from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import NETWORKS, traced

pytestmark = pytest.mark.browser
RATIONAL = [path for path in NETWORKS if not traced(path).bits]
REAL = [path for path in NETWORKS if path.stem in ("sigmoid_2_2_2", "softmax_classifier")]
NETWORKS_BY_NAME = {path.stem: path for path in NETWORKS}
NUMBERS = ("-1", "1/3", "0.25", "2", "0", "7/4")
EDIT = """
const [name, text] = arguments;
const field = document.querySelector(`[data-given="${CSS.escape(name)}"] input`);
field.value = text;
field.dispatchEvent(new Event('change', {bubbles: true}));
"""
ROWS = """
return [...document.querySelectorAll('.rows tbody tr')].map((row) => {
  const value = row.querySelector('.value').cloneNode(true);
  value.querySelectorAll('.was').forEach((was) => was.remove());
  const text = value.textContent.replaceAll('\\u2212', '-').replace('\\u202f', '').trim();
  return [row.classList.contains('changed'), text];
});
"""


def values_of(network: Network) -> list[str]:
    """What the rows of a network print, in order."""
    trace = network.trace()
    return [trace.notation.shown(line.value).text for line in Working(trace).lines.values()]


def check(browser: Browser, before: list[str], after: list[str]) -> None:
    """Every row has the value that it prints, and those that are other than they were, and none besides, are marked."""
    rows = browser.run(ROWS)
    assert [text for _, text in rows] == after
    assert [changed for changed, _ in rows] == [not same(old, new) for old, new in zip(before, after, strict=True)]


def same(old: str, new: str) -> bool:
    """Whether two texts are of one value: 1/2 is 0.5."""
    return old == new or ("≈" not in old + new and "n" not in old + new and Fraction(old) == Fraction(new))


@pytest.mark.parametrize("path", [*RATIONAL, *REAL])
def test_an_edited_given_is_worked_out_as_on_the_command_line(browser: Browser, written: Written, path: Any) -> None:
    network, trace = load(path), traced(path)
    before, chance = values_of(network), Random(3)
    browser.open(written(trace))
    assert browser.run("return document.getElementById('checked').textContent").endswith(
        f"all {trace.count} rows agree."
    )
    edits: dict[str, str] = {}
    for name in chance.sample(sorted(Working(trace).givens), 2):
        edits[name] = chance.choice(NUMBERS)
        browser.run(EDIT, name, edits[name])
        check(browser, before, values_of(network.given(edits)))
    browser.run("document.getElementById('as-in-file').click()")
    check(browser, before, before)


def test_a_decimal_makes_decimals_of_rows_that_it_leaves_as_they_were(browser: Browser, written: Written) -> None:
    path = NETWORKS_BY_NAME["two_outputs"]
    network, trace = load(path), traced(path)
    browser.open(written(trace))
    browser.run(EDIT, "w11", "5.5")
    check(browser, values_of(network), values_of(network.given({"w11": "5.5"})))


def test_a_field_whose_number_is_out_of_range_is_marked(browser: Browser, written: Written) -> None:
    browser.open(written(traced(NETWORKS_BY_NAME["adam"])))
    browser.run(EDIT, "beta1", "1")
    marked = (
        "return [...document.querySelectorAll('[aria-invalid=true]')].map((field) => field.getAttribute('aria-label'))"
    )
    assert browser.run(marked) == ["beta1"]
    browser.run(EDIT, "beta1", "1/2")
    assert browser.run(marked) == []
