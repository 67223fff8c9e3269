"""The installation with the Teams app's page, as users have it: several of them, seats, calls that ring until they are answered."""


import json
import ssl
import urllib.request

from installation import SOURCE, Installation, until

PAGE = SOURCE / "app/dist/page"
SYSTEM = "pbx.example.com"
PASSWORD = "Geheim.123"
# Number, name, and what shows in one of the lists.
# So many that colleagues can be searched.
USERS = {"1001": "Anna Arnold", "1002": "Ben Brandt", "1003": "Carla Conrad", "1004": "Dora Dietz", "1005": "Emil Ernst",
         "1006": "Frieda Fuchs", "1007": "Gustav Groß", "1008": "Hanna Huber"}


def users_ini():
    switches = "[pbx]\nauto-answer = no\nblacklist-after = 0\nanswer-time = 100\n\n"
    people = "".join(f"[user-{number}]\npassword = {PASSWORD}\nname = {name}\nphones = SIP/{number}.desk, SIP/{number}.app\n"
                     f"display-numbers = {number}, 0049721555{number}\n\n" for number, name in USERS.items())
    return switches + people + "[group-sales]\nname = Sales\nnumbers = 0100\nmembers = 1001, 1002\n"


class AppInstallation(Installation):
    users = users_ini()
    # Tests sign in with wrong passwords and take away one another's pauses otherwise.
    uci_more = "enabled = yes\nfailed-logins = 1000\nfailed-logins-per-user = 1000\n"
    connector_more = f"[app]\nserve = yes\ndirectory = {PAGE}\n"
    agent_more = "[license]\nnamed = *\nissuers = {issuer}\nadministrators = 1001\n"

    def _start_agent(self):
        super()._start_agent()
        made = self.agent("key", "new")
        assert made.returncode == 0, made.stderr

    @property
    def page(self):
        return f"https://localhost:{self.connector_port}/app/"

    def configure(self, before, after):
        """Changes agent.ini, has the agent read it, and gives what changes it back."""
        self._change(before, after)
        return lambda: self._change(after, before)

    def _change(self, before, after):
        file = self.file("etc/agent.ini")
        text = file.read_text()
        assert before in text, f"{before} is not in agent.ini"
        file.write_text(text.replace(before, after))
        told = self.agent("reload")
        assert told.returncode == 0, told.stderr

    def know_origin(self, origin):
        """The connector is started again with that origin of pages; gives what takes it back."""
        before = self.connector_more

        def restart(more):
            self.connector_more = more
            self.stop("connector")
            self.start_connector_again()
            until(lambda: json.loads(self.agent("status", "--json").stdout)["registration"]["registered"], "the agent is registered")

        restart(f"{before}origins = {origin}\n")
        return lambda: restart(before)

    def ask_page(self):
        """The policy that the connector sends with the page."""
        trusting = ssl.create_default_context(cafile=self.file("server.pem"))
        with urllib.request.urlopen(self.page, context=trusting) as answer:
            return answer.headers["Content-Security-Policy"]

    def tickets_kept(self, user):
        """The agent writes a second later that a user has tickets; none, where it makes none."""
        if self.agent("ticket", "list").returncode == 0:
            until(lambda: any(user in file.read_text() for file in self.file("state").glob("tickets*")), "the agent has written it down")

    # --- the PBX ---

    def incoming(self, to="1001", caller="072155501", name="Zoe Zimmermann"):
        """One call; it rings when this returns."""
        call, = self.pbx_told("incoming", **{"to": to, "from": caller, "name": name})["callIds"]
        until(lambda: [one["state"] for one in self.calls(to) if one["callId"] == call] == ["RINGING"], "the phone rings")
        return call

    def called(self, number="1001", caller="072155501", name="Zoe Zimmermann"):
        """A call from outside, wherever it goes: who is rung."""
        ids = self.pbx_told("incoming", **{"to": number, "from": caller, "name": name})["callIds"]
        return [one["user"] for one in self.calls() if one["callId"] in ids]

    def hang_up_all(self):
        for call in self.calls():
            try:
                self.hang_up(call["callId"])
            except OSError:
                pass  # its other half has ended it
        until(lambda: not self.calls(), "no call is left")

    def hang_up(self, call):
        self.pbx_told("hangup", callId=call)

    def answer(self, call):
        self.pbx_told("answer", callId=call)

    def calls(self, user=None):
        calls = self.pbx_asked("calls")["calls"]
        return [call for call in calls if user is None or call["user"] == user]

    def placed(self):
        """How many calls were placed since the test began, for whomever."""
        return self.count("call.placeCallWithPhone")

    def count(self, method):
        """How often that was carried out since the test began."""
        return self._carried_out(method) - self.before.get(method, 0)

    def asked(self, method, user=None):
        """The parameters of each such request since the test began, as the PBX has written them down."""
        entries = self.pbx_asked(f"journal?since={self.journal_end}")["entries"]
        return [one["params"] for one in entries
                if one["kind"] == "request" and one["method"].endswith(method) and one.get("outcome") == "ok" and user in (None, one["user"])]

    def _carried_out(self, method):
        counted = self.pbx_asked("state")["counters"].get("methods", {})
        return sum(times for name, times in counted.items() if name.endswith(method))

    def connected(self):
        """How many clients the agent has now, without those that may come back."""
        sessions = json.loads(self.agent("status", "--json").stdout)["sessions"]
        return sessions["open"] - sessions["waiting"]

    def begin_anew(self):
        """No calls, no journal, no settings, no rules, whatever the test before has left."""
        self.hang_up_all()
        for what in ["misbehave/clear", "latency/clear", "users/reset"]:
            self.pbx_told(what)
        self.pbx_told("switches", **{"past-calls": 0})
        self.journal_end = self.pbx_asked("journal")["next"]
        self.before = {method: self._carried_out(method) for method in ["call.placeCallWithPhone", "connection.login"]}
