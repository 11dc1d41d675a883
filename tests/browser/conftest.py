"""One Chromium for all tests; after each it must have said nothing and asked no network for anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Browser, started
from tests.browser.pages import Written, writer


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    driver = started()
    yield Browser(driver)
    driver.quit()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser at its usual size; a test that expects a complaint asks for it, and so it is not there any more."""
    chromium.size()
    chromium.media()
    yield chromium
    complaints, requests = chromium.complaints(), chromium.requests()
    chromium.driver.get("about:blank")
    assert complaints == []
    assert requests == []


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Where a trace's page is, which is written when it is first asked for."""
    return writer(tmp_path_factory.mktemp("pages"))
