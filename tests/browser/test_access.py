"""A page for everybody: axe-core finds nothing, and nothing is wider than a narrow window, in light and in dark."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import ROOT, traced

pytestmark = pytest.mark.browser
NETWORKS = [ROOT / "networks" / f"{name}.yaml" for name in ("relu_2_2_1", "attention", "xor_batch")]
SIZES = [(320, 640), (1920, 1080)]


@pytest.mark.parametrize("path", NETWORKS)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
def test_axe_finds_nothing(browser: Browser, written: Written, path: str, size: tuple[int, int]) -> None:
    browser.size(*size)
    browser.open(written(traced(path)), "step-5")
    for scheme in ("light", "dark"):
        browser.media(scheme)
        assert browser.overflow() == 0
        assert browser.axe() == [], scheme
