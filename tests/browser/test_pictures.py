"""Pictures as a browser draws them: in its own fonts too no text covers another or leaves its box, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bptrace.views.graph_svg import svg_of
from tests.browser.chromium import Browser
from tests.conftest import EVERY_NETWORK, RELU, SYMBOLIC, derived_of, traced

pytestmark = pytest.mark.browser
COVERED = """
const given = document.documentElement.getAttribute("font-family")
const found = []
for (const font of [given, "DejaVu Sans", "DejaVu Serif", "Liberation Serif", "sans-serif"]) {
  document.documentElement.setAttribute("font-family", font)
  const boxes = [...document.querySelectorAll("text")].map(text => [text.textContent, text.getBBox()])
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
    const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
    if (across > 0.5 && down > 0.2 * Math.min(a.height, b.height)) found.push([font, one, other])
  }))
  for (const group of document.querySelectorAll("g.node")) {
    const outline = group.querySelector("rect.outline")
    if (!outline) continue
    const box = outline.getBBox()
    for (const text of group.querySelectorAll("text")) {
      const inner = text.getBBox()
      if (inner.x < box.x || inner.x + inner.width > box.x + box.width) found.push([font, text.textContent, "outline"])
    }
  }
}
return found
"""


def picture(path: str | Path, folder: Path, kind: str, **written: Any) -> Path:
    trace = derived_of(path) if path in SYMBOLIC else traced(path)
    file = folder / "picture.svg"
    file.write_text(svg_of(trace.graph(kind, **written)), encoding="utf-8")
    return file


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["auto", "quantity"])
def test_no_text_covers_another_or_leaves_its_box(browser: Browser, path: Path, kind: str, tmp_path: Path) -> None:
    for written in ({}, {"values": True, "gradients": True}):
        browser.open(picture(path, tmp_path, kind, **written))
        assert browser.run(COVERED) == []
    assert browser.complaints() == []
    assert browser.requests() == []


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 22, 26)")])
def test_it_is_drawn_in_the_colours_that_are_asked_for(
    browser: Browser, scheme: str, paper: str, tmp_path: Path
) -> None:
    browser.media(scheme)
    browser.open(picture(RELU, tmp_path, "unit", values=True, gradients=True, why="dL/dw11"))
    assert browser.run("return getComputedStyle(document.querySelector('.paper')).fill") == paper
    assert browser.run(CONTRASTS) == []


CONTRASTS = """
const light = colour => {
  const parts = colour.match(/[0-9.]+/g).map(part => part / 255).map(
    part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
}
const paper = light(getComputedStyle(document.querySelector(".paper")).fill)
return [...document.querySelectorAll("text")].filter(text => {
  const ink = light(getComputedStyle(text).fill)
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5
}).map(text => text.textContent)
"""
