"""The window around the app: Back, files that are dropped anywhere, several windows, several users of Teams."""

from app_case import AppCase
from installation import until
from teams_window import TeamsWindow, somebody


class Windows(AppCase):
    def test_back_and_forward_lead_between_the_pages_and_lose_nothing(self):
        window = self.signed_in()
        logins = self.installation.count("connection.login")
        window.type("Name or number", "10")
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        window.browser.back()
        window.working()
        self.assertEqual(window.field("Name or number").get_attribute("value"), "10")
        window.shows("Zoe Zimmermann", ".cards")
        window.browser.forward()
        window.shows_page("Info")
        window.named("a", "Main", "nav").click()
        window.working()
        window.browser.back()
        window.shows_page("Info")
        # So does the way back that an incoming call offers there.
        window.press("Zoe Zimmermann is calling", "header")
        window.working()
        window.browser.back()
        window.shows_page("Info")
        self.assertEqual(self.installation.count("connection.login"), logins)

    def test_a_file_that_is_dropped_anywhere_never_leads_away(self):
        window = self.connected()
        for onto in ["header", "html", "h1", "input[name=username]", "section.card"]:
            self.assertTrue(window.drop(self.key, onto=onto), f"at the sign-in, onto {onto}")
        window.sign_in()
        window.working()
        for onto in ["header", "html", ".dial input", "[role=tabpanel]", "aside"]:
            self.assertTrue(window.drop(self.key, onto=onto), f"at work, onto {onto}")
        self.installation.incoming()
        window.wait(lambda: window.all(".cards .card"), "a card")
        self.assertTrue(window.drop(self.key, onto=".cards .card"))
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        self.assertTrue(window.drop(self.key, onto=".card"))
        window.browser.back()
        window.working()
        window.shows("Zoe Zimmermann", ".cards")

    def test_what_one_window_changes_the_other_shows(self):
        first = self.signed_in()
        second = self.window()
        second.wait(lambda: second.all("input[type=password]"), "the sign-in")
        second.sign_in()
        second.working()
        call = self.installation.incoming()
        second.press_until(lambda: second.named("input", "Transfer to"), "Transfer", ".cards")
        second.type("Transfer to", "100")
        # What is being typed there is nobody else's affair.
        first.front().shows("Zoe Zimmermann", ".cards")
        self.assertEqual(first.all(".transfer"), [])
        first.press_until(lambda: not self.installation.calls(), "Reject", ".cards")
        second.front().wait(lambda: not second.all(".cards .card"), "the call has gone there, too")
        second.shows("Zoe Zimmermann", "[role=tabpanel]")
        self.assertEqual(len(self.installation.asked("call.hangupCall")), 1, call)
        second.press_tab("Settings")
        second.wait(lambda: second.named("input", "Sales"), "the groups")
        second.named("input", "Sales").click()
        until(lambda: self.installation.asked("group.setGroupSetting"), "the PBX has it")
        first.front().press_tab("Settings")
        first.wait(lambda: not first.named("input", "Sales").is_selected(), "settings are read when they are opened")

    def test_another_starface_chosen_in_one_window_is_noticed_after_a_reload_of_the_other(self):
        first = self.signed_in()
        second = self.window()
        second.wait(lambda: second.all("input[type=password]"), "the sign-in")
        second.press("Choose other STARFACE")
        second.press("Remove", "dialog")
        second.shows("Connect to your STARFACE")
        first.front().working()  # its session goes on
        first.reload()
        first.shows("Connect to your STARFACE")

    def test_two_users_of_teams_in_one_browser_work_beside_one_another(self):
        windows = {}
        for user, number in [(somebody(), "1001"), (somebody(), "1002")]:
            window = TeamsWindow(self.stage.browser, self.installation.page).show(user)
            window.shows("Connect to your STARFACE")  # nothing of the other is there
            window.drop(self.key)
            window.sign_in(number)
            window.working()
            windows[number] = (window, user)
        anna, ben = windows["1001"][0], windows["1002"][0]
        self.installation.incoming("1001", name="Only For Anna")
        anna.front().shows("Only For Anna", ".cards")
        ben.front().shows_user("1002")
        self.assertEqual(ben.all(".cards .card"), [])
        self.assertNotIn("Only For Anna", ben.text(".lists"))
        ben.type("Name or number", "1003")
        ben.press("Call", ".dial")
        ben.shows("Carla Conrad", ".cards")
        self.assertEqual([one["callerNumber"] for one in self.installation.calls("1003")], ["1002"])
        anna.front()
        self.assertNotIn("Carla Conrad", anna.text(".cards"))
        # Each comes back as himself.
        if self.tickets:
            for number, (window, user) in windows.items():
                window.front().show(user)
                window.working()
                window.shows_user(number)

    def test_in_teams_the_app_can_have_a_window_of_its_own(self):
        window = TeamsWindow(self.stage.browser, self.installation.page).show(somebody())
        window.drop(self.key)
        window.sign_in()
        window.working()
        window.press_account()
        window.press_item("Open in own window", ".account")
        window.wait(lambda: window.asked("stageView.open") == 1, "Teams is asked for it")

    def test_signing_out_in_one_users_teams_leaves_the_other_signed_in(self):
        users = [somebody(), somebody()]
        windows = [TeamsWindow(self.stage.browser, self.installation.page).show(user) for user in users]
        for window in windows:
            window.front().drop(self.key)
            window.sign_in()
            window.working()
        windows[0].front().press_account()
        windows[0].press_item("Choose other STARFACE", ".account")
        windows[0].press("Remove", "dialog")
        windows[0].shows("Connect to your STARFACE")
        windows[1].front().working()
        self.installation.incoming()
        windows[1].shows("Zoe Zimmermann", ".cards")
        if self.tickets:
            windows[1].show(users[1])
            windows[1].working()
