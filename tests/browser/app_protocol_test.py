"""The page's protocol core in the browser's own engine: the unit tests of app/tests/protocol, as they run in Node."""

import functools
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading

from app_case import AppCase
from browser import Page
from installation import SOURCE, until

# All of it takes some seconds on a machine that does nothing else.
MOST_SECONDS = 240
# What tests said of themselves begins with the cryptography: the engine's own curves, and those that the page brings along.
KINDS = ["WebCrypto", "noble"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Protocol(AppCase):
    def serve(self):
        """Bundles the tests, serves them on this machine, and gives their address."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        subprocess.run(["node", SOURCE / "app/tools/chromium-tests.js", pathlib.Path(directory.name) / "tests"], check=True)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=f"{directory.name}/tests"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    def test_the_protocols_tests_pass_and_1000_resumptions_lose_and_double_nothing(self):
        page = Page(self.stage.browser)
        page.browser.switch_to.new_window("tab")
        page.browser.get(self.serve())
        until(lambda: page.run("return window.report?.done === true"), "the tests have run", MOST_SECONDS)
        report = page.run("return window.report")
        self.assertEqual(report["failures"], [])
        # A bundle that lacks some would pass, too.
        self.assertGreaterEqual(report["passed"], 160)
        tallies = dict(line.split(": ", 1) for line in report["diagnostics"])
        print(f"\n{report['passed']} tests of the protocol in Chromium", *[f"{kind}: {tallies[kind]}" for kind in KINDS], sep="\n", flush=True)
        for kind in KINDS:
            tally = json.loads(tallies[kind])
            self.assertEqual(tally["resumptions"], 1_000, kind)
            self.assertGreater(tally["inFlight"], 1_000, kind)
            self.assertEqual((tally["lost"], tally["doubled"]), (0, 0), kind)
