"""Drive headless Chromium through the real pages."""

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage"
).split()
PATIENCE = 90
"""Seconds to wait for a page. A loaded machine is slow; a broken one never gets there."""


@contextmanager
def chromium(screenshots, name="browser", size=(1300, 1000)):
    """Open a browser; a failure inside leaves a screenshot in `screenshots`."""
    missing = [str(path) for path in (CHROMIUM, DRIVER) if not path.exists()]
    assert not missing, f"set-up is incomplete: {missing} missing; tools/setup_system.sh installs"
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--window-size={size[0]},{size[1]}"):
        options.add_argument(flag)
    options.binary_location = str(CHROMIUM)
    # Chromium leaves a folder behind where it keeps its socket.
    with tempfile.TemporaryDirectory(prefix="web-", ignore_cleanup_errors=True) as scratch:
        service = Service(str(DRIVER), env={**os.environ, "TMPDIR": scratch})
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield Browser(driver, screenshots)
        except BaseException:
            driver.save_screenshot(str(screenshots / f"failure_{name}.png"))
            raise
        finally:
            driver.quit()


class Browser:
    """A page and the few things a person does with it."""

    def __init__(self, driver, screenshots):
        self.driver, self.screenshots = driver, screenshots

    def go(self, url):
        self.driver.get(url)

    def wait(self, condition, what):
        """Wait until condition() is true and return what it returned."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            try:
                found = condition()
            except (StaleElementReferenceException, WebDriverException):
                found = None
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"waited {PATIENCE} s for {what} at {self.driver.current_url}")

    def find(self, css, what=""):
        """Wait for a visible element and return it."""

        def look():
            return next((e for e in self.all(css) if e.is_displayed()), None)

        return self.wait(look, what or css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css="body"):
        return " ".join(element.text for element in self.all(css))

    def sees(self, text, css="body"):
        """Wait until the page shows `text`."""
        self.wait(lambda: text in self.text(css), f"the text {text!r}")

    def click(self, css, what=""):
        self.wait(lambda: self._click(css), what or f"a click on {css}")

    def _click(self, css):
        element = next((e for e in self.all(css) if e.is_displayed()), None)
        if element is None:
            return False
        element.click()
        return True

    def menu(self, title, entry):
        """Choose an entry of JupyterLab's menu bar."""

        def choose():
            for item in self.all(".lm-MenuBar-item"):
                if item.text.strip() == title and not self.all(".lm-Menu"):
                    item.click()
            for item in self.all(".lm-Menu .lm-Menu-itemLabel"):
                if item.text.strip() == entry:
                    item.click()
                    return True
            return False

        self.wait(choose, f"{title} > {entry}")

    def script(self, code, *args):
        return self.driver.execute_script(code, *args)

    def screenshot(self, name):
        path = self.screenshots / f"{name}.png"
        self.driver.save_screenshot(str(path))
        return path


def artefacts(tmp_path):
    """Return the folder for screenshots: CI keeps $TEST_ARTEFACTS, else they are temporary."""
    folder = Path(os.environ.get("TEST_ARTEFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
