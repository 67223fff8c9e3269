"""What goes away and comes back meanwhile: connector, agent, PBX. Nothing is lost, and nothing is done twice."""

from app_case import UNREACHABLE, AppCase


class Breaks(AppCase):
    def setUp(self):
        super().setUp()
        self.allowed = UNREACHABLE
        self.addCleanup(self.all_there)

    def all_there(self):
        for name, start in [("connector", self.installation.start_connector_again), ("agent", self.installation.start_agent_again)]:
            if name not in self.installation.processes:
                start()

    def test_a_killed_connector_is_noticed_and_all_goes_on_by_itself(self):
        window = self.signed_in()
        logins = self.installation.count("connection.login")
        call = self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        self.installation.kill("connector")
        window.shows("Connection interrupted. It will be restored automatically.")
        window.shows("Possible again as soon as the connection is restored.", ".dial")
        window.shows("Zoe Zimmermann", ".cards")  # what is shown stays
        self.installation.hang_up(call)
        self.installation.incoming(name="Yves Young")
        self.installation.start_connector_again()
        window.shows("Yves Young", ".cards")
        window.lacks("Zoe Zimmermann", ".cards")
        window.lacks("Connection interrupted.")
        window.working()
        self.assertEqual(self.installation.count("connection.login"), logins)

    def test_a_call_that_is_being_placed_when_the_connector_dies_is_placed_once(self):
        window = self.signed_in()
        self.installation.pbx_told("latency", method="*.placeCallWithPhone", timeMs=1000)
        window.type("Name or number", "1002")
        window.press("Call", ".dial")
        self.installation.kill("connector")
        self.installation.start_connector_again()
        window.shows("Ben Brandt", ".cards")
        window.shows("Ringing …", ".cards")
        window.working()
        self.assertEqual(self.installation.placed(), 1)
        self.assertEqual(len(window.all(".cards .card")), 1)

    def test_a_killed_agent_is_noticed_and_the_user_comes_back(self):
        window = self.signed_in()
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        self.installation.tickets_kept("1001")
        self.installation.kill("agent")
        window.shows("Connection interrupted. It will be restored automatically.")
        self.installation.start_agent_again()
        if not self.tickets:
            window.wait(lambda: window.all("input[type=password]"), "the sign-in")
            window.sign_in()
        window.working()
        window.shows("Zoe Zimmermann", ".cards")

    def test_in_german_it_says_the_same(self):
        window = self.fresh("de")
        window.drop(self.key)
        window.sign_in(words=("STARFACE Benutzername", "STARFACE Passwort", "Anmelden"))
        window.working("Anrufe", call="Anrufen")
        self.installation.kill("connector")
        window.shows("Verbindung unterbrochen. Sie wird automatisch wiederhergestellt.")
        window.shows("Wieder möglich, sobald die Verbindung wiederhergestellt ist.", ".dial")
        self.installation.start_connector_again()
        window.lacks("Verbindung unterbrochen.")
        window.button("Anrufen", ".dial")

    def test_a_pbx_that_forgets_its_users_is_no_reason_to_sign_in(self):
        window = self.signed_in()
        self.installation.pbx_told("logins/end", user="1001")
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        window.working()
