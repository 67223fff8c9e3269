"""The page as a tab of Teams: what Teams says, when it hides, removes and preloads the frame, and whose it is."""

import json

from app_case import AppCase
from app_window import AppWindow
from fake_teams import OTHER_HOST
from installation import until
from teams_window import PHONE, TeamsWindow, somebody

WINDOW_READY = "appInitialization.success"


class Teams(AppCase):
    def teams(self, user=None, at="", language="en", address=None, **context):
        where = {} if address is None else {"address": address}
        window = TeamsWindow(self.stage.browser, self.installation.page, language=language, **where)
        return window.show(user or somebody(), at, **context)

    def signed_in_at_teams(self, user=None, **context):
        window = self.teams(user, **context)
        window.drop(self.key)
        window.sign_in()
        window.working()
        return window

    def test_the_tab_takes_language_and_theme_from_teams(self):
        window = self.teams(locale="de-de", theme="dark")
        window.shows("Verbindung zu Ihrer STARFACE")
        theme = lambda: window.run("return document.documentElement.dataset.theme")
        self.assertEqual(theme(), "dark")
        self.assertEqual(window.run("return document.documentElement.lang"), "de")
        # Teams waits for that, and shows an error when it does not come.
        window.wait(lambda: window.asked(WINDOW_READY) == 1, "Teams is told that the tab is there")
        # Its own two tabs stand above.
        self.assertEqual(window.all("nav.pages"), [])
        for name, meant in [("contrast", "contrast"), ("default", "light"), ("glass", "light")]:
            window.host("teams.theme(arguments[0])", name)
            window.wait(lambda: theme() == meant, f"the theme {meant}")

    def test_the_info_tab_opens_with_its_own_address(self):
        window = self.teams(at="info", entityId="info")
        window.shows_page("Info")

    def test_a_link_fills_the_number_in_and_never_dials(self):
        window = self.signed_in_at_teams(subEntityId="tel:+49-721-555")
        window.wait(lambda: window.field("Name or number").get_attribute("value") == "+49-721-555", "the number of the link")
        window.shows("From a link. Press Enter to call.")
        self.assertEqual(self.installation.placed(), 0)

    def test_hidden_and_shown_again_nobody_signs_in_and_no_call_is_missed(self):
        window = self.signed_in_at_teams()
        window.suspend()
        call = self.installation.incoming()
        window.host("teams.context.theme = 'dark'")
        window.resume()
        window.shows("Zoe Zimmermann", ".cards")
        # Teams forgets them when it hides a tab.
        window.wait(lambda: window.asked("registerHandler") >= 3, "handlers are registered again")
        window.wait(lambda: window.run("return document.documentElement.dataset.theme") == "dark", "the theme of now")
        window.wait(lambda: window.asked(WINDOW_READY) == 1, "Teams is told again that the tab is there")
        window.host("teams.theme('contrast')")
        window.wait(lambda: window.run("return document.documentElement.dataset.theme") == "contrast", "the next theme")
        self.installation.hang_up(call)
        window.wait(lambda: not window.all(".cards"), "the call is over")

    def test_teams_leads_to_the_tab_that_is_wanted(self):
        window = self.signed_in_at_teams()
        window.suspend()
        window.resume("info")
        window.shows_page("Info")
        window.suspend()
        window.resume("main")
        window.working()

    def test_a_removed_tab_comes_back_signed_in(self):
        self.needs_tickets()
        user = somebody()
        window = self.signed_in_at_teams(user)
        logins = self.installation.count("connection.login")
        window.suspend()
        window.host("teams.close()")
        window.show(user)
        window.working()
        self.assertEqual(self.installation.count("connection.login"), logins)

    def test_a_removed_tab_keeps_the_key(self):
        user = somebody()
        window = self.teams(user)
        window.drop(self.key)
        window.shows("STARFACE sign-in")
        window.host("teams.close()")
        window.show(user)
        window.shows("STARFACE sign-in")

    def test_another_user_of_teams_finds_nothing_of_the_first(self):
        window = self.signed_in_at_teams()
        window.host("teams.close()")
        window.show(somebody())
        window.shows("Connect to your STARFACE")
        self.assertEqual(window.named("input", "STARFACE name").get_attribute("value"), "")
        self.assertNotIn("1001", window.text())

    def test_a_tab_that_is_loaded_in_advance_takes_no_seat(self):
        user = somebody()
        window = self.signed_in_at_teams(user)
        window.host("teams.close()")
        until(lambda: self.installation.connected() == 0, "nobody is connected any more")
        window.show(user, isBackgroundLoad=True)
        window.wait(lambda: window.asked(WINDOW_READY) == 1, "the tab is there")
        window.wait(lambda: window.all("main"), "it is painted")
        self.assertEqual(self.installation.connected(), 0)
        # Now the user goes there.
        window.resume()
        window.wait(lambda: window.all("input[type=password]") or window.all(".dial"), "sign-in or work")

    def test_where_teams_does_not_answer_it_works_without_keeping_anything(self):
        window = TeamsWindow(self.stage.browser, self.installation.page)
        window.host("teams.silent = true")
        window.show(somebody())
        window.shows("Connect to your STARFACE")
        window.drop(self.key)
        window.sign_in()
        window.working()
        window.host("teams.close()")
        window.show(somebody())
        window.shows("Connect to your STARFACE")

    def test_a_foreign_page_cannot_show_it_in_a_frame(self):
        self.allowed = "frame-ancestors"
        window = self.teams(address=f"https://{OTHER_HOST}/")
        window.wait(lambda: any("frame-ancestors" in entry["message"] for entry in window.browser.get_log("browser")), "the browser refuses")
        self.assertEqual(window.all("#app"), [])

    def test_on_a_phone_the_page_is_no_frame_and_teams_is_there_all_the_same(self):
        context = {"locale": "de-de", "theme": "dark", "entityId": "main", "frameContext": "content", "hostClientType": "android", **somebody()}
        script = PHONE.replace("CONTEXT", json.dumps(context))
        window = AppWindow(self.stage.browser, width=360, scripts=[script]).open(self.installation.page)
        window.shows("Verbindung zu Ihrer STARFACE")
        self.assertEqual(window.run("return document.documentElement.dataset.theme"), "dark")
        window.wait(lambda: WINDOW_READY in window.run("return window.asked"), "Teams is told that the page is there")
        window.choose(self.installation.file("users.key"))
        window.sign_in(words=("STARFACE Benutzername", "STARFACE Passwort", "Anmelden"))
        window.wait(lambda: window.all(".dial input"), "the work screen")
