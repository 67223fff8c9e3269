"""The page on a web server of its own, as docs/connector-guide.md tells to host it, away from the connector."""

import contextlib
import http.server
import json
import shutil
import socket
import ssl
import tempfile
import threading

from app_case import UNREACHABLE, AppCase
from app_installation import PAGE, SYSTEM
from app_window import AppWindow


class Host:
    """Serves a copy of the page at /app/, with the headers of the connector; its index names these connectors."""

    def __init__(self, port, connectors, policy, certificate, key):
        self.directory = tempfile.TemporaryDirectory(prefix="sfteams-elsewhere-")
        shutil.copytree(PAGE, f"{self.directory.name}/app")
        index = f"{self.directory.name}/app/index.html"
        with open(index, encoding="utf-8") as file:
            text = file.read()
        with open(index, "w", encoding="utf-8") as file:
            file.write(text.replace("<head>", f'<head><meta name="connector" content="{" ".join(connectors)}">'))
        directory = self.directory.name

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=directory)

            def end_headers(self):
                self.send_header("Content-Security-Policy", policy)
                super().end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.page = f"https://localhost:{port}/app/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.directory.cleanup()


def free_port():
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Elsewhere(AppCase):
    def setUp(self):
        super().setUp()
        self.origin_port = free_port()

    def host(self, *connectors, allowed=True):
        """The page elsewhere; the connector knows its origin, or does not."""
        if allowed:
            self.addCleanup(self.installation.know_origin(f"https://localhost:{self.origin_port}"))
        answer = self.installation.ask_page()
        self.assertIn("connect-src 'self'", answer)
        policy = answer.replace("connect-src 'self'", f"connect-src 'self' {self.installation.connector}")
        host = Host(self.origin_port, connectors or [self.installation.connector], policy,
                    self.installation.file("server.pem"), self.installation.file("server.key"))
        self.addCleanup(host.close)
        self.addCleanup(lambda: self.complaints.extend(self.forget()))  # before its servers go
        return AppWindow(self.stage.browser).open(host.page)

    def test_a_key_file_leads_to_its_connector(self):
        window = self.host()
        window.drop(self.key)
        window.shows(f"PBX {SYSTEM} can be reached")
        window.sign_in()
        window.working()
        window.shows_user("1001")

    def test_a_key_typed_by_hand_goes_to_the_first_connector_that_the_page_names(self):
        window = self.host(self.installation.connector, "wss://nobody.example.com")
        window.type("STARFACE name", SYSTEM)
        window.type("Key", json.loads(self.key)["key"])
        window.press("Connect")
        window.shows("STARFACE sign-in")

    def test_a_connector_that_does_not_know_the_page_lets_nobody_in_from_it(self):
        self.allowed = UNREACHABLE
        window = self.host(allowed=False)
        window.drop(self.key)
        window.shows("allows this page")
        self.assertEqual(window.all("input[type=password]"), [])
        self.assertEqual(self.installation.connected(), 0)
