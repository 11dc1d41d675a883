"""A page that is written from a hostile file shows its text; nothing in it runs, and nothing reaches a network."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from bptrace import loads
from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import RELU, traced

pytestmark = pytest.mark.browser
ATTACK = (
    "</script></title></style><script>window.ran=1</script><img src=x onerror='window.ran=1'>"
    "&quot;--><svg onload=window.ran=1>"
)
NETWORK = {
    "title": ATTACK,
    "input": {"x": ["1", "2"]},
    "weights": {"w": ["3", "1/2"]},
    "forward": {"z": "w@x", "h": "relu(z)"},
    "loss": "(h - 1)^2",
}


def test_what_a_file_says_is_text(browser: Browser, written: Written) -> None:
    browser.open(written(loads(NETWORK).trace()))
    assert browser.run("return window.ran") is None
    assert browser.run("return document.title") == ATTACK
    assert browser.texts("h1") == [ATTACK]
    assert browser.all("img") == []
    assert len(browser.all("script")) == 2


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the paths that it is asked for."""
    paths: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


ASK = """
const [address, done] = [arguments[0], arguments[arguments.length - 1]];
const loaded = (tag, attributes) => new Promise((onload, onerror) =>
  document.head.append(Object.assign(document.createElement(tag), {...attributes, onload, onerror})));
const tries = {
  fetch: () => fetch(`${address}/fetch`, {mode: 'no-cors'}),
  beacon: () => { if (!navigator.sendBeacon(`${address}/beacon`)) throw new Error('refused'); },
  image: () => loaded('img', {src: `${address}/image`}),
  script: () => loaded('script', {src: `${address}/script`}),
  style: () => loaded('link', {rel: 'stylesheet', href: `${address}/style`}),
};
const violations = [];
addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
const reached = Object.entries(tries).map(([name, ask]) => Promise.resolve().then(ask).then(() => name, () => ''));
Promise.all(reached).then((names) => setTimeout(() => done([names.filter(Boolean), violations.sort()]), 50));
"""


def test_the_policy_lets_nothing_through(browser: Browser, written: Written, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    browser.open(written(traced(RELU)))
    reached, violations = browser.driver.execute_async_script(ASK, address)
    assert set(reached) <= {"beacon"}  # it says that it is queued; it is not sent
    assert {"connect-src", "img-src", "script-src-elem", "style-src-elem"} <= set(violations)
    assert paths == []
    assert browser.complaints() != []
    browser.requests()


INJECTED = '<p onclick="window.ran=1" style="width: 9000px">x</p>'


def test_what_is_put_in_later_does_not_run(browser: Browser, written: Written) -> None:
    """Not even where a fault of the page's own script let it in."""
    browser.open(written(traced(RELU)))
    browser.run("document.body.insertAdjacentHTML('beforeend', arguments[0])", INJECTED)
    browser.run("document.body.lastElementChild.click()")
    assert browser.run("return window.ran") is None
    assert browser.overflow() == 0
    assert len([told for told in browser.complaints() if "Content Security Policy" in told]) == 2
