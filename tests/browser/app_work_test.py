"""Calls: placed once, shown at once, ended; what happens to them when the page is reloaded, and in other windows."""

from selenium.webdriver.common.keys import Keys

from app_case import AppCase
from installation import until


class Calls(AppCase):
    def dial(self, window, number="1002"):
        window.type("Name or number", number)
        window.press("Call", ".dial")

    def again(self, window):
        """After a reload: without a ticket the password is asked for."""
        if not self.tickets:
            window.wait(lambda: window.all("input[type=password]"), "the sign-in")
            window.sign_in()
        window.working()

    def cards(self, window, count):
        window.wait(lambda: len(window.all(".cards .card")) == count, f"{count} cards")

    def test_a_typed_number_is_called_and_hung_up(self):
        window = self.signed_in()
        self.dial(window)
        window.shows("Ringing …", ".cards")
        window.shows("Ben Brandt", ".cards")
        self.assertEqual(window.field("Name or number").get_attribute("value"), "")
        self.installation.answer(self.installation.calls("1001")[0]["callId"])
        window.shows("Connected", ".cards")
        window.press_until(lambda: not self.installation.calls(), "Hang up", ".cards")
        self.cards(window, 0)
        self.assertEqual(self.installation.placed(), 1)
        window.shows("Ben Brandt", "[role=tabpanel]")  # the journal

    def test_enter_dials_and_esc_clears(self):
        window = self.signed_in()
        window.type("Name or number", "(0721) 555-0")
        window.focused().send_keys(Keys.ESCAPE)
        self.assertEqual(window.field("Name or number").get_attribute("value"), "")
        window.type("Name or number", "(0721) 155-501")
        window.focused().send_keys(Keys.ENTER)
        window.wait(lambda: [call["calledNumber"] for call in self.installation.calls("1001")] == ["0721155501"], "the number without spelling")

    def test_a_reload_at_each_step_of_a_call_neither_loses_nor_repeats_it(self):
        window = self.signed_in()
        # While the PBX has not answered.
        self.installation.pbx_told("latency", method="*.placeCallWithPhone", timeMs=1000)
        self.dial(window)
        until(lambda: self.installation.placed() == 1, "the PBX has been asked")
        window.reload()
        self.again(window)
        window.shows("Ringing …", ".cards")
        self.cards(window, 1)
        # While it rings.
        window.reload()
        self.again(window)
        window.shows("Ringing …", ".cards")
        # While one talks.
        self.installation.answer(self.installation.calls("1001")[0]["callId"])
        window.shows("Connected", ".cards")
        window.reload()
        self.again(window)
        window.shows("Connected", ".cards")
        # While it is being hung up.
        self.installation.pbx_told("latency", method="*.hangupCall", timeMs=500)
        window.press_until(lambda: not self.installation.calls(), "Hang up", ".cards")
        window.reload()
        self.again(window)
        self.cards(window, 0)
        self.assertEqual(self.installation.placed(), 1)

    def test_an_incoming_call_is_shown_and_said_and_does_not_take_the_focus(self):
        for language, said, title in [("en", "Incoming call from Zoe Zimmermann", "Zoe Zimmermann is calling"),
                                      ("de", "Eingehender Anruf von Zoe Zimmermann", "Zoe Zimmermann ruft an")]:
            with self.subTest(language):
                window = self.signed_in() if language == "en" else self.german()
                field = window.find(".dial input")
                field.send_keys("10")
                call = self.installation.incoming()
                window.wait(lambda: window.all(".cards [role=alertdialog]"), "a card that rings")
                window.wait(lambda: said in window.text(".calls [role=alert]"), "screen readers say it")
                window.wait(lambda: window.run("return document.title").startswith(title), "the title says it")
                field.send_keys("02")
                self.assertEqual(field.get_attribute("value"), "1002")
                self.assertEqual(window.focused(), field)
                self.installation.hang_up(call)
                self.cards(window, 0)
                window.wait(lambda: window.run("return document.title") == "(1) STARFACE" or "STARFACE" == window.run("return document.title")[-8:], "the title is as before")

    def german(self):
        window = self.fresh("de")
        window.drop(self.key)
        window.sign_in("1001", words=("STARFACE Benutzername", "STARFACE Passwort", "Anmelden"))
        window.working("Anrufe", call="Anrufen")
        return window

    def test_an_incoming_call_is_rejected(self):
        window = self.signed_in()
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        window.press_until(lambda: not self.installation.calls(), "Reject", ".cards")
        self.cards(window, 0)
        window.shows("Zoe Zimmermann", "[role=tabpanel]")

    def test_on_the_info_page_an_incoming_call_leads_back(self):
        window = self.signed_in()
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        self.installation.incoming()
        window.press("Zoe Zimmermann is calling", "header")
        window.shows("Zoe Zimmermann", ".cards")

    def test_a_second_call_stands_beside_the_first(self):
        for width in [1200, 320]:
            with self.subTest(width=width):
                window = self.signed_in() if width == 1200 else window
                window.look(width=width)
                if width == 1200:
                    self.dial(window)
                    window.shows("Ringing …", ".cards")
                    self.installation.answer(self.installation.calls("1001")[0]["callId"])
                    window.shows("Connected", ".cards")
                    self.installation.incoming()
                self.cards(window, 2)
                boxes = window.run("return [...document.querySelectorAll('.cards .card')].map((card) => card.getBoundingClientRect().toJSON())")
                first, second = sorted(boxes, key=lambda box: (box["top"], box["left"]))
                self.assertTrue(first["bottom"] <= second["top"] or first["right"] <= second["left"], boxes)
                # All buttons of both are on the screen.
                for name in ["Hang up", "Reject"]:
                    box = window.run("return arguments[0].getBoundingClientRect().toJSON()", window.button(name, ".cards"))
                    self.assertGreaterEqual(box["left"], 0)
                    self.assertLessEqual(box["right"], width)
        window.press_until(lambda: len(window.all(".cards .card")) == 1, "Hang up", ".cards")
        window.shows("Incoming call", ".cards")

    def test_two_windows_of_one_user_live_side_by_side(self):
        first = self.signed_in()
        second = self.window()
        second.wait(lambda: second.all("input[type=password]"), "the sign-in: the key is known here")
        second.sign_in()
        second.working()
        self.dial(second)
        second.shows("Ben Brandt", ".cards")
        first.front().shows("Ben Brandt", ".cards")
        first.press_until(lambda: not self.installation.calls(), "Hang up", ".cards")
        self.cards(first, 0)
        second.front()
        self.cards(second, 0)
        second.press_account()
        second.press("Sign out", "[role=menu]")
        second.shows("STARFACE sign-in")
        first.front()
        self.dial(first, "1003")
        first.shows("Carla Conrad", ".cards")
        self.assertEqual(self.installation.placed(), 2)

    def test_a_call_is_transferred_to_a_colleague(self):
        window = self.signed_in()
        call = self.installation.incoming()
        self.installation.answer(call)
        window.shows("Connected", ".cards")
        window.press_until(lambda: window.named("input", "Transfer to"), "Transfer", ".cards")
        window.type("Transfer to", "1003")
        window.focused().send_keys(Keys.ENTER)
        window.wait(lambda: [one["calledNumber"] for one in self.installation.calls("1003")] == ["1003"], "Carla's phone rings")
        self.cards(window, 0)

    def test_hold_and_resume(self):
        window = self.signed_in()
        call = self.installation.incoming()
        self.installation.answer(call)
        window.shows("Connected", ".cards")
        window.press_until(lambda: self.installation.calls("1001")[0]["held"], "Hold", ".cards")
        window.shows("On hold", ".cards")
        window.press_until(lambda: not self.installation.calls("1001")[0]["held"], "Resume", ".cards")
        window.shows("Connected", ".cards")

    def test_a_colleague_is_called_with_one_click_and_from_the_journal_again(self):
        window = self.signed_in()
        window.wait(lambda: window.all("aside .row"), "colleagues")
        window.find("aside .row[data-id] .call").click()
        window.shows("Ben Brandt", ".cards")
        window.press_until(lambda: not self.installation.calls(), "Hang up", ".cards")
        self.cards(window, 0)
        window.press("Call Ben Brandt", "[role=tabpanel]")
        window.shows("Ben Brandt", ".cards")
        self.assertEqual(self.installation.placed(), 2)

    def test_a_refused_call_says_why_and_can_be_tried_again(self):
        window = self.signed_in()
        self.installation.pbx_told("misbehave", method="*.placeCallWithPhone", kind="http-500", times=1, execute=False)
        self.dial(window)
        window.wait(lambda: window.all(".dial .message"), "what became of it")
        window.press("Call again", ".dial")
        window.shows("Ringing …", ".cards")
        self.assertEqual(self.installation.placed(), 1)
