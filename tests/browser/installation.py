"""A whole installation on loopback: stand-in PBX, connector and agent with its administration page."""

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 20.0


def until(condition, what, patience=PATIENCE):
    """Waits for what has to come about, and gives it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"did not come about in {patience:g} s: {what}")


class Installation:
    """Free ports, one scratch directory, everything gone at the end."""

    users = ("[user-anna]\nlogin = 1001\npassword = anna-secret\nname = Anna Arnold\n\n"
             "[user-ben]\nlogin = 1002\npassword = ben-secret\nname = Ben Brandt\n")
    connector_more = ""  # sections of connector.ini
    uci_more = ""  # lines of its section [uci]
    agent_more = "[license]\nnamed = 1002\nissuers = {issuer}\n\n[admin]\nlisten = 127.0.0.1:0\n"  # and of agent.ini

    def __init__(self, programs):
        self.programs = pathlib.Path(programs).resolve()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sfteams-browser-"))
        self.processes = {}

    def __enter__(self):
        try:
            self._certificate()
            self._start_simulator()
            self._start_connector()
            self._start_agent()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(list(self.processes.values())):
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def file(self, name):
        return self.directory / name

    def _start(self, name, program, *arguments):
        log = open(self.file(f"{name}.log"), "ab")
        self.processes[name] = subprocess.Popen(
            [self.programs / program, *map(str, arguments)], stdout=log, stderr=log, cwd=self.directory)
        log.close()

    def kill(self, name):
        """As a machine dies: no word to anybody."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)

    def _ports(self, name):
        file = self.file(f"{name}.ports")
        return until(lambda: file.exists() and file.stat().st_size and json.loads(file.read_text()), f"{name} serves")

    def _certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
             "-subj", "/CN=Throw-away authority", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", self.file("server.key"), "-out", self.file("server.pem")],
            check=True, capture_output=True)

    def _start_simulator(self):
        self.file("users.ini").write_text(self.users)
        self._start("simulator", "starface-uci-simulator", "--users", self.file("users.ini"), "--listen", "127.0.0.1:0",
                    "--control", "127.0.0.1:0", "--port-file", self.file("simulator.ports"))
        ports = self._ports("simulator")
        self.pbx = ports["http"]
        self.pbx_control = ports["control"]

    def _start_connector(self, port=0):
        self.file("connector.ports").unlink(missing_ok=True)
        self.file("connector.ini").write_text(
            f"[listen]\naddress = 127.0.0.1:{port}\ncertificate-file = server.pem\nkey-file = server.key\n"
            f"[registry]\nfile = registry.sqlite3\nregistration = open\n{self.connector_more}")
        self._start("connector", "starface-teams-connector", "--config", self.file("connector.ini"),
                    "--port-file", self.file("connector.ports"))
        self.connector_port = self._ports("connector")["port"]
        self.connector = f"wss://localhost:{self.connector_port}"

    def start_connector_again(self):
        """Where it was before: agents and pages know no other place."""
        self._start_connector(self.connector_port)

    def _start_agent(self):
        issuer = self._run("starface-teams-keygen", "license", "new-issuer", "--out", self.file("issuer.pem")).stdout
        public = next(word for word in issuer.split() if word.startswith("k4.public."))
        self.file("etc").mkdir()
        self.file("etc/agent.ini").write_text(
            "# Mine.\n[system]\n# The name.\nname = pbx.example.com\n\n[connector]\n"
            f"url = {self.connector}\nca-file = {self.file('server.pem')}\n\n"
            f"[uci]\n# The PBX.\nurl = http://127.0.0.1:{self.pbx}\n{self.uci_more}\n"
            + self.agent_more.format(issuer=public))
        self.start_agent_again()

    def start_agent_again(self):
        self._start("agent", "starface-teams-agent", "run", *self._where())
        until(lambda: self.agent("status", "--json").stdout, "the agent answers")
        until(lambda: json.loads(self.agent("status", "--json").stdout)["registration"]["registered"], "the agent is registered")

    def _where(self):
        return "--config", self.file("etc"), "--state-dir", self.file("state")

    def _run(self, program, *arguments, **options):
        return subprocess.run([self.programs / program, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
                              cwd=self.directory, **options)

    def agent(self, *arguments):
        return self._run("starface-teams-agent", *arguments, *self._where())

    def link(self):
        told = self.agent("admin-link")
        assert told.returncode == 0, told.stderr
        return told.stdout.split()[0]

    def steps(self):
        """The names of the diagnosis's steps in their order, as the command prints them."""
        told = self.agent("check", "--json").stdout
        return list(dict.fromkeys(json.loads(line)["step"] for line in told.splitlines()))

    def ini(self):
        return self.file("etc/agent.ini").read_text()

    def license(self, *more):
        """The text of a licence key with two seats."""
        made = self._run("starface-teams-keygen", "license", "issue", "--issuer", self.file("issuer.pem"), "--holder", "Example Ltd",
                         "--system", "pbx.example.com", "--seats", "2", "--until", "2099-12-31", *more)
        assert made.returncode == 0, made.stderr
        return made.stdout

    def key_file(self):
        """Where the file lies that users are given."""
        self.file("users.key").unlink(missing_ok=True)
        exported = self.agent("key", "export", self.file("users.key"))
        assert exported.returncode == 0, exported.stderr
        return self.file("users.key")

    def pbx_asked(self, path):
        """What the stand-in PBX's control port answers."""
        return self._control(path, None)

    def pbx_told(self, path, **body):
        return self._control(path, json.dumps(body).encode())

    def _control(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.pbx_control}/control/{path}", data=body)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")

    def _client(self, user, password):
        """The arguments of a client that signs in, without what it is to do."""
        self.key_file()
        secret = self.file(f"{user}.password")
        secret.write_text(password + "\n")
        secret.chmod(0o600)
        return ["--key-file", self.file("users.key"), "--user", user, "--password-file", secret, "--ca-file", self.file("server.pem")]

    def visit(self, user, password, device):
        """A client that stays signed in on that device, signs in, and goes: its exit status, and what it says of an error."""
        told = self._run("starface-teams-client", *self._client(user, password), "--ticket-file", self.file(f"{device}.ticket"), "login")
        return told.returncode, told.stderr

    def sign_in(self, user, password, device=None):
        """A client that stays; on a device on which it stays signed in, where one is named."""
        ticket = ["--ticket-file", self.file(f"{device}.ticket")] if device else []
        name = f"client-{user}"
        log = self.file(f"{name}.log")
        log.unlink(missing_ok=True)
        self._start(name, "starface-teams-client", *self._client(user, password), *ticket, "watch", "--for", "600")
        until(lambda: "listening for events" in log.read_text(), f"{user} is signed in")

    def wait_for_ticket(self, device):
        file = self.file(f"{device}.ticket")
        until(lambda: file.exists() and file.stat().st_size, f"{device} has a ticket")

    def client_log(self, user):
        return self.file(f"client-{user}.log").read_text()
