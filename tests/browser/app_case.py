"""What all tests of the app's page share: one installation and one browser for each process, and a clean one for each test."""

import base64
import contextlib
import hashlib
import re
import subprocess
import unittest

from app_installation import AppInstallation
from app_window import AppWindow
from browser import start_chromium
from fake_teams import HOST, OTHER_HOST, FakeTeams

# What a browser says of a server that is away, whatever the page does about it.
UNREACHABLE = re.compile(r"WebSocket connection to .* failed|net::ERR_|Failed to load resource")


class Stage:
    """Everything that takes seconds to start."""

    def __init__(self, programs):
        with contextlib.ExitStack() as stack:
            self.installation = stack.enter_context(AppInstallation(programs))
            certificate, key = self.installation.file("server.pem"), self.installation.file("server.key")
            self.teams = FakeTeams(certificate, key)
            stack.callback(self.teams.close)
            self.arguments = (
                "--lang=en", "--window-size=1200,900", f"--ignore-certificate-errors-spki-list={fingerprint(certificate)}",
                f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{self.teams.port},MAP {OTHER_HOST}:443 127.0.0.1:{self.teams.port},"
                "MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost",
                # One process for a page and its frames, so that what is set for the one holds for the others.
                "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process",
                # Windows that lie behind others are as quick as they.
                "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows")
            self.browser = self.start_browser()
            stack.callback(self.browser.quit)
            self.home = self.browser.current_window_handle
            self.key = self.installation.key_file().read_bytes()
            self.tickets = self.installation.agent("ticket", "list").returncode == 0
            self.close = stack.pop_all().close

    def start_browser(self, **how):
        return start_chromium(*self.arguments, preferences={"intl.accept_languages": "en"}, **how)


def fingerprint(certificate):
    """Of the public key, as Chromium wants it."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class AppCase(unittest.TestCase):
    stage = None  # set by app_test.py
    screenshots = None

    def setUp(self):
        self.installation = self.stage.installation
        self.key = self.stage.key
        self.tickets = self.stage.tickets
        self.installation.begin_anew()
        self.stage.browser.get_log("browser")
        self.allowed = None  # a pattern of complaints that belong to the test
        self.complaints = []
        self.addCleanup(self.tidy)

    def tidy(self):
        complaints = self.complaints + self.forget()
        if self.allowed is not None:
            complaints = [one for one in complaints if not re.search(self.allowed, one)]
        self.assertEqual(complaints, [])

    def forget(self):
        """Closes all windows, and lets the browser forget the page. Returns what was complained of."""
        browser = self.stage.browser
        windows = [handle for handle in browser.window_handles if handle != self.stage.home]
        complaints = []
        for handle in windows:
            browser.switch_to.window(handle)
            complaints += browser.execute_script("return window.seen?.violations ?? []")
        complaints += [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        for handle in windows:
            browser.switch_to.window(handle)
            browser.close()
        browser.switch_to.window(self.stage.home)
        for origin in [self.installation.page.removesuffix("/app/"), f"https://{HOST}"]:
            browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        return complaints

    def fresh(self, language):
        """A window of somebody who was never here."""
        self.complaints += self.forget()
        return self.window(language)

    def needs_tickets(self):
        if not self.tickets:
            self.skipTest("this agent gives no tickets")

    def window(self, language="en", at="", **how):
        return AppWindow(self.stage.browser, language, **how).open(self.installation.page + at)

    def connected(self, **how):
        """Up to the sign-in."""
        window = self.window(**how)
        window.drop(self.key)
        window.wait(lambda: window.all("input[type=password]"), "the sign-in")
        return window

    def signed_in(self, user="1001", **how):
        window = self.connected(**how)
        window.sign_in(user)
        window.working()
        return window
