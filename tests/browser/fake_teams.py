"""Serves a page that plays Teams at an address that the browser takes for Teams' own."""

import http.server
import pathlib
import ssl
import threading

HOST = "teams.microsoft.com"
OTHER_HOST = "www.example.com"  # where the same page is no Teams


class FakeTeams:
    def __init__(self, certificate, key):
        page = pathlib.Path(__file__).with_name("fake_teams.html").read_bytes()

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/" else 204)  # no icon
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if self.path == "/":
                    self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                if self.path == "/":
                    self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
