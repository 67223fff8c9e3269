"""What the cards of running calls and the number field offer beyond calling and hanging up."""

from selenium.webdriver.common.keys import Keys

from app_case import AppCase
from installation import until


class CallCase(AppCase):
    def talk(self, window, name="Zoe Zimmermann", caller="072155501"):
        """An incoming call that has been answered: its identifier."""
        call = self.installation.incoming(name=name, caller=caller)
        self.installation.answer(call)
        window.wait(lambda: "Connected" in self.card(window, name), f"the card of {name}")
        return call

    def card(self, window, name):
        return window.run("return [...document.querySelectorAll('.cards .card')].find((one) => one.innerText.includes(arguments[0]))?.innerText ?? ''", name)

    def talk_states(self):
        return sorted(one["state"] for one in self.installation.calls("1001"))


class Cards(CallCase):
    def test_two_calls_are_joined_to_a_conference(self):
        window = self.signed_in()
        first = self.talk(window)
        self.assertIsNone(window.named("button", "Conference", ".cards"))
        self.talk(window, "Yves Young", "08912345")
        window.press_until(lambda: self.talk_states() == ["CONFERENCE_ACTIVE"] * 2, "Conference", ".cards")
        window.wait(lambda: all("Conference" in self.card(window, name) for name in ["Zoe", "Yves"]), "both cards say so")
        self.assertEqual(len(self.installation.asked("call.conference")), 1)
        self.installation.hang_up(first)
        window.wait(lambda: "Connected" in self.card(window, "Yves"), "the one that is left is a call as others")

    def test_of_three_calls_one_chooses_whom_to_join(self):
        window = self.signed_in()
        for name, caller in [("Zoe Zimmermann", "072155501"), ("Yves Young", "08912345"), ("Xenia Xander", "0404711")]:
            self.talk(window, name, caller)

        def chosen(item):
            def done():
                entry = window.named("[role=menuitem]", item, ".cards")
                if entry is None:
                    window.named("button", "Conference", ".cards").click()
                    return False
                entry.click()
                return True
            window.wait(done, f"“{item}” is chosen")

        first = window.text(".cards .card h3").split("\n")[0]
        other = "Yves Young" if "Yves" not in first else "Zoe Zimmermann"
        chosen(f"Conference with {other}")
        until(lambda: self.talk_states() == ["CONFERENCE_ACTIVE"] * 2 + ["CONNECTED"], "two are joined")
        chosen("Conference with all")
        until(lambda: self.talk_states() == ["CONFERENCE_ACTIVE"] * 3, "all are joined")

    def test_a_call_is_transferred_to_a_contact_of_the_list(self):
        window = self.signed_in()
        self.talk(window)
        window.press_until(lambda: window.named("input", "Transfer to"), "Transfer", ".cards")
        window.wait(lambda: len(window.all(".transfer [role=option]")) == 6, "colleagues are offered at once")
        window.type("Transfer to", "cont")
        window.wait(lambda: not window.all(".transfer [role=option]"), "nobody is called so")
        window.type("Transfer to", "conr")
        window.wait(lambda: len(window.all(".transfer [role=option]")) == 1, "Carla")
        window.find(".transfer [role=option]").click()
        self.assertEqual(window.field("Transfer to").get_attribute("value"), "1003")
        self.assertEqual(self.installation.calls("1003"), [])
        window.press("Transfer", ".transfer")
        until(lambda: [one["callerNumber"] for one in self.installation.calls("1003")] == ["072155501"], "Carla's phone rings, for Zoe")
        window.wait(lambda: not window.all(".cards .card"), "the call has gone")

    def test_a_ringing_call_is_sent_away_by_keyboard(self):
        window = self.signed_in()
        self.installation.incoming()
        window.press_until(lambda: window.named("input", "Transfer to"), "Transfer", ".cards")
        field = window.field("Transfer to")
        field.send_keys("dietz")
        window.wait(lambda: len(window.all(".transfer [role=option]")) == 1, "Dora")
        field.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        window.wait(lambda: window.field("Transfer to").get_attribute("value") == "1004", "her number")
        window.field("Transfer to").send_keys(Keys.ENTER)
        until(lambda: [one["callerNumber"] for one in self.installation.calls("1004")] == ["072155501"], "Dora's phone rings")
        self.assertEqual(len(self.installation.asked("call.forward")), 1)

    def test_a_transfer_can_be_left_and_a_wrong_number_says_so(self):
        window = self.signed_in()
        self.talk(window)
        for leave in [lambda: window.press("Cancel", ".transfer"), lambda: window.field("Transfer to").send_keys(Keys.ESCAPE)]:
            window.press_until(lambda: window.named("input", "Transfer to"), "Transfer", ".cards")
            leave()
            window.wait(lambda: not window.all(".transfer"), "it is closed")
            window.wait(lambda: window.focused().text == "Transfer", "the focus is back")
        window.press("Transfer", ".cards")
        window.type("Transfer to", "Nobody")
        window.press("Transfer", ".transfer")
        window.wait(lambda: window.all(".transfer .wrong [role=alert]"), "what is wrong")
        window.press("Clear", ".transfer")
        window.wait(lambda: not window.all(".transfer .wrong"), "it is gone")
        self.assertEqual(self.installation.asked("call.forward"), [])

    def test_what_the_pbx_refuses_is_told_on_the_card(self):
        window = self.signed_in()
        self.talk(window)
        self.installation.pbx_told("misbehave", method="*.call.hold", kind="http-500", execute=False)
        window.press_until(lambda: window.all(".cards .message.error"), "Hold", ".cards")
        self.assertIn("Connected", self.card(window, "Zoe"))
        window.press("Dismiss", ".cards")
        window.wait(lambda: not window.all(".cards .message"), "it is dismissed")

    def test_the_ring_tone_is_turned_on_by_a_click(self):
        window = self.connected()
        # Signed in and come back: no click yet in this page.
        window.sign_in()
        window.working()
        window.reload()
        if not self.tickets:
            self.skipTest("this agent gives no tickets")
        window.working()
        self.installation.incoming()
        window.wait(lambda: window.named("button", "Turn on ring tone", ".cards"), "it is offered")
        window.press_until(lambda: window.named("button", "Turn on ring tone", ".cards") is None, "Turn on ring tone", ".cards")


class Dialling(CallCase):
    def test_enter_pressed_twice_calls_once(self):
        window = self.signed_in()
        self.installation.pbx_told("latency", method="*.placeCallWithPhone", timeMs=500)
        window.type("Name or number", "1002")
        window.focused().send_keys(Keys.ENTER, Keys.ENTER, Keys.ENTER)
        window.shows("Ringing …", ".cards")
        window.wait(lambda: window.find(".dial input").get_attribute("value") == "", "the PBX has answered")
        window.find(".dial input").send_keys(Keys.ENTER)  # nothing is left to be called
        window.wait(lambda: window.all(".dial .wrong"), "that the number is missing")
        self.assertEqual(self.installation.placed(), 1)
        self.assertEqual(len(window.all(".cards .card")), 1)

    def test_call_pressed_twice_calls_once(self):
        window = self.signed_in()
        self.installation.pbx_told("latency", method="*.placeCallWithPhone", timeMs=500)
        window.type("Name or number", "1002")
        window.run("""const call = document.querySelector(".dial button[type=submit]"); call.click(); call.click();""")
        window.shows("Ringing …", ".cards")
        self.assertEqual(self.installation.placed(), 1)

    def test_a_contact_is_chosen_by_mouse_and_by_keyboard(self):
        window = self.signed_in()
        window.type("Name or number", "carla")
        window.wait(lambda: len(window.all(".dial [role=option]")) == 1, "Carla is offered")
        window.find(".dial [role=option]").click()
        self.assertEqual(window.field("Name or number").get_attribute("value"), "1003")
        self.assertEqual(self.installation.placed(), 0)
        window.press("Clear", ".dial")
        self.assertEqual(window.field("Name or number").get_attribute("value"), "")
        window.type("Name or number", "d")
        window.wait(lambda: window.all(".dial [role=option]"), "contacts are offered")
        names = [one.text.split("\n")[0] for one in window.all(".dial [role=option]")]
        window.field("Name or number").send_keys(Keys.ARROW_UP)
        window.wait(lambda: window.all(".dial [aria-selected=true]"), "the last one is chosen")
        self.assertIn(names[-1], window.text(".dial [aria-selected=true]"))
        window.field("Name or number").send_keys(Keys.ENTER, Keys.ENTER)
        window.wait(lambda: window.all(".cards .card"), "the call")
        self.assertEqual(self.installation.placed(), 1)

    def test_what_is_no_number_is_not_called(self):
        window = self.signed_in()
        for words in ["", "FLOWERS", "12; 34"]:
            window.type("Name or number", words)
            window.press("Call", ".dial")
            window.wait(lambda: window.all(".dial .wrong [role=alert]"), f"what is wrong with “{words}”")
        self.assertEqual(self.installation.placed(), 0)

    def test_a_call_that_failed_is_dismissed(self):
        window = self.signed_in()
        self.installation.pbx_told("misbehave", method="*.placeCallWithPhone", kind="http-500", execute=False)
        window.type("Name or number", "1002")
        window.press("Call", ".dial")
        window.shows("1002", ".dial .message")
        window.press("Dismiss", ".dial")
        window.wait(lambda: not window.all(".dial .message"), "it is gone")
        self.assertEqual(self.installation.calls(), [])
