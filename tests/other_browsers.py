"""Finds Firefox, and WebKit under a screen of its own, for the walks that must not depend on Chromium."""

import shutil
from pathlib import Path

FIREFOX = "firefox-esr"
NO_FIREFOX = "no firefox-esr was found (Debian: apt install firefox-esr)"
NO_WEBKIT = "no WebKit with its driver and Xvfb was found (Debian: apt install webkitgtk-webdriver xvfb)"


def find_firefox() -> str | None:
    """Return the path of Debian's Firefox, None where it is not installed."""
    return shutil.which(FIREFOX)


def find_webkit() -> tuple[str, str] | None:
    """Return the paths of WebKit's driver and of its small browser, None unless both and Xvfb are installed."""
    driver = shutil.which("WebKitWebDriver")
    browser = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
    return (driver, str(browser)) if driver and browser and shutil.which("Xvfb") else None
