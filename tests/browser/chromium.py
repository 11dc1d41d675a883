"""A real Chromium that opens files, and what it says of them: complaints, requests, what axe-core finds.

The driver's path is given, so that selenium looks for none. axe-core is looked for in a folder that NODE_PATH names.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--disable-background-networking", "--hide-scrollbars", "--force-device-scale-factor=1")  # fmt: skip
WIDE, HIGH = 1280, 900
LOAD_SECONDS = 20
OWN = ("file:", "data:", "about:", "chrome:", "devtools:")
"""How the address of what needs no network starts."""
AXE = """
const done = arguments[arguments.length - 1]
axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations.map(violation => [
  violation.id, violation.help, ...violation.nodes.slice(0, 3).map(node => node.html + ' -- ' + node.failureSummary)])))
"""


def started() -> WebDriver:
    """A Chromium with its logs on; the test is skipped where there is none."""
    binary, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("Chromium and its driver are not installed: apt install chromium chromium-driver")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found: WebDriver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    found.set_page_load_timeout(LOAD_SECONDS)
    found.set_script_timeout(LOAD_SECONDS)
    return found


class Browser:
    """What a test does with a page, and what it asks of it."""

    def __init__(self, driver: WebDriver) -> None:
        self.driver = driver

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a file anew, at a place in it; a complaint about what stood there before is forgotten."""
        self.driver.get("about:blank")
        self.forget()
        self.driver.get(path.as_uri() + (f"#{fragment}" if fragment else ""))

    def forget(self) -> None:
        """Let the logs start anew."""
        self.complaints()
        self.requests()

    def run(self, script: str, *arguments: object) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        """The elements that a selector finds."""
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        """The element that a selector finds."""
        return self.driver.find_element("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        """What stands in each element that a selector finds, shown or not."""
        found: list[str] = self.run(
            "return [...document.querySelectorAll(arguments[0])].map(found => found.textContent.trim())", selector
        )
        return found

    def press(self, *keys: str) -> None:
        """Type where the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def complaints(self) -> list[str]:
        """What the console has been told since the last question: errors, warnings, what a policy has blocked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """What has been asked of a network since the last question."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        urls = [told["params"]["request"]["url"] for told in messages if told["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(OWN)]

    def size(self, width: int = WIDE, height: int = HIGH) -> None:
        """Give the window a size in CSS pixels, less than a desktop's window can have as well."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, scheme: str = "light", medium: str = "") -> None:
        """Let the page be shown in a colour scheme, and on a screen or on paper."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        found: int = self.run("const page = document.documentElement; return page.scrollWidth - page.clientWidth")
        return found

    def pdf(self) -> bytes:
        """The page as it is printed, on A4."""
        size = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", size)["data"])

    def picture(self, path: Path) -> None:
        """Write what is seen as a PNG."""
        self.driver.save_screenshot(str(path))

    def axe(self) -> list[list[str]]:
        """What axe-core finds: a rule, what it asks for, and where; the test is skipped where there is no axe-core."""
        self.run(_axe_source())
        found: list[list[str]] = self.driver.execute_async_script(AXE)
        return found


def _axe_source() -> str:
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        if folder and (Path(folder) / "axe-core").is_dir():
            return (Path(folder) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    if shutil.which("npm"):
        root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False).stdout.strip()
        path = Path(root) / "axe-core" / "axe.min.js"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    pytest.skip("axe-core is not installed: npm install axe-core, and NODE_PATH for its node_modules")
