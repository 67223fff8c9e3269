"""Colleagues, voicemail, and the own state in the header."""

from selenium.webdriver.common.keys import Keys

from app_case import AppCase
from installation import until

PANEL = "[role=tabpanel]"
PRESENCE = ".presence .panel"


class Colleagues(AppCase):
    def names(self, window, where="aside"):
        return window.run("return [...document.querySelectorAll(`${arguments[0]} .person .title`)].map((one) => one.innerText.trim())", where)

    def test_they_are_searched_and_called(self):
        window = self.signed_in()
        window.wait(lambda: len(self.names(window)) == 7, "all colleagues")
        for words, names in [("o", ["Carla Conrad", "Dora Dietz", "Gustav Groß"]), ("1008", ["Hanna Huber"]), ("nobody", [])]:
            window.type("Search colleagues", words)
            window.wait(lambda: self.names(window) == names, f"those with “{words}”")
        window.shows("Nobody found for", "aside")
        window.press("Clear search", "aside")
        window.wait(lambda: len(self.names(window)) == 7, "all of them again")
        window.type("Search colleagues", "conr")
        window.wait(lambda: self.names(window) == ["Carla Conrad"], "Carla")
        window.press("Call Carla Conrad, 1 0 0 3", "aside")
        window.shows("Carla Conrad", ".cards")
        until(lambda: [one["calledNumber"] for one in self.installation.calls("1003")] == ["1003"], "her phone rings")
        window.focused().send_keys(Keys.ESCAPE)

    def test_esc_clears_the_search(self):
        window = self.signed_in()
        window.type("Search colleagues", "hanna")
        window.wait(lambda: self.names(window) == ["Hanna Huber"], "Hanna")
        window.field("Search colleagues").send_keys(Keys.ESCAPE)
        window.wait(lambda: len(self.names(window)) == 7, "all of them again")

    def test_their_lamps_follow_their_calls(self):
        window = self.signed_in()
        state = lambda: window.text("aside .person[data-id=blf-1003] .state")
        window.wait(lambda: state() == "Available", "Carla is free")
        call = self.installation.incoming("1003")
        window.wait(lambda: state() == "Phone rings", "it rings at Carla's")
        self.installation.answer(call)
        window.wait(lambda: state() == "In a call", "Carla talks")
        self.installation.hang_up(call)
        window.wait(lambda: state() == "Available", "Carla is free again")

    def test_in_a_narrow_window_they_have_a_tab_of_their_own(self):
        window = self.signed_in()
        window.look(width=700)
        window.press_tab("Colleagues")
        window.wait(lambda: len(self.names(window, PANEL)) == 7, "all colleagues")
        window.press("Call Dora Dietz, 1 0 0 4", PANEL)
        window.shows("Dora Dietz", ".cards")
        self.assertEqual(self.installation.placed(), 1)


class VoicemailTab(AppCase):
    def with_message(self):
        """Calls to Anna go to her voicemail; one has."""
        window = self.signed_in()
        window.press_tab("Voicemail")
        window.shows("No messages", PANEL)
        window.press_tab("Settings")
        window.press("Change destination: Always", PANEL)
        window.named("input", "Voicemail", "dialog").click()
        window.press("Save", "dialog")
        window.shows("to voicemail", PANEL)
        window.named("input", "Always").click()
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 2, "the PBX has it")
        self.installation.called()
        window.press_tab("Voicemail")
        window.shows("1 new, 1 in all", PANEL)
        return window

    def test_a_message_is_marked_as_heard_and_as_new(self):
        window = self.with_message()
        window.press("Mark message from Zoe Zimmermann as heard", PANEL)
        window.shows("0 new, 1 in all", PANEL)
        until(lambda: [one.endswith('"Old"') for one in self.installation.asked("moveVoicemailListEntry")] == [True], "the PBX has it")
        window.press("Mark message from Zoe Zimmermann as new", PANEL)
        window.shows("1 new, 1 in all", PANEL)
        until(lambda: self.installation.asked("moveVoicemailListEntry")[1:][0].endswith('"INBOX"'), "the PBX has that, too")

    def test_a_caller_is_called_back(self):
        window = self.with_message()
        window.press("Call back Zoe Zimmermann", PANEL)
        window.wait(lambda: window.all(".cards .card"), "the call")
        self.assertEqual([one["calledNumber"] for one in self.installation.calls("1001")], ["072155501"])

    def test_a_message_is_deleted_after_a_question(self):
        window = self.with_message()
        window.press("Delete message from Zoe Zimmermann", PANEL)
        window.shows("Delete this message?", "dialog")
        window.press("Cancel", "dialog")
        window.shows("1 new, 1 in all", PANEL)
        self.assertEqual(self.installation.asked("deleteVoicemailListEntry"), [])
        window.press("Delete message from Zoe Zimmermann", PANEL)
        window.press("Delete", "dialog")
        window.shows("No messages", PANEL)
        window.reload()
        window.working()
        window.press_tab("Voicemail")
        window.shows("No messages", PANEL)


class OwnState(AppCase):
    def opened(self):
        window = self.signed_in()
        self.open(window)
        return window

    def open(self, window):
        window.wait(lambda: "Available" in window.text(".presence"), "the own state")
        window.find(".presence button").click()
        window.wait(lambda: window.named("input", "Do not disturb"), "its panel")

    def test_do_not_disturb_goes_on_and_off(self):
        window = self.opened()
        window.named("input", "Do not disturb").click()
        window.shows("Do not disturb", ".presence > button")
        until(lambda: self.installation.asked("setDoNotDisturbSetting") == ["true"], "the PBX has it")
        with self.assertRaises(OSError):  # refused: nobody rings
            self.installation.called()
        window.named("input", "Do not disturb").click()
        window.shows("Available", ".presence > button")
        until(lambda: self.installation.asked("setDoNotDisturbSetting") == ["true", "false"], "the PBX has that, too")
        self.assertEqual(self.installation.called(), ["1001"])

    def test_a_text_is_saved_shown_and_cleared(self):
        window = self.opened()
        window.type("Status text", "back at 2 pm")
        window.press("Save", PRESENCE)
        window.shows("back at 2 pm", ".presence > button")
        until(lambda: self.installation.asked("setChatPresenceMessage") == ['"back at 2 pm"'], "the PBX has it")
        window.reload()
        window.working()
        window.shows("back at 2 pm", ".presence > button")
        window.find(".presence button").click()
        window.type("Status text", "gone <b>home</b>")
        window.focused().send_keys(Keys.ENTER)
        window.shows("gone <b>home</b>", ".presence > button")
        window.press("Clear status text", PRESENCE)
        window.lacks("gone", ".presence > button")
        self.assertEqual(window.field("Status text").get_attribute("value"), "")
        until(lambda: self.installation.asked("setChatPresenceMessage")[1:] == ['"gone <b>home</b>"', '""'], "the PBX has both")
        window.find(".presence .panel").send_keys(Keys.ESCAPE)
        window.wait(lambda: not window.all(PRESENCE), "Esc closes it")

    def test_a_refusal_is_told_and_what_was_typed_stays(self):
        window = self.opened()
        self.installation.pbx_told("misbehave", method="*.setChatPresenceMessage", kind="http-500", execute=False)
        window.type("Status text", "at lunch")
        window.press("Save", PRESENCE)
        window.shows("Status text: not changed.", PRESENCE)
        self.assertEqual(window.field("Status text").get_attribute("value"), "at lunch")
        self.installation.pbx_told("misbehave/clear")
        window.press("Save", PRESENCE)
        window.shows("at lunch", ".presence > button")
        window.lacks("not changed", PRESENCE)

    def test_it_follows_the_own_calls_and_tells_that_they_are_forwarded(self):
        window = self.signed_in()
        call = self.installation.incoming()
        window.shows("Phone rings", ".presence > button")
        self.installation.answer(call)
        window.shows("In a call", ".presence > button")
        self.installation.hang_up(call)
        window.shows("Available", ".presence > button")
        window.press_tab("Settings")
        window.wait(lambda: window.named("input", "Always"), "the forwardings")
        window.named("input", "Always").click()
        window.type("Phone number", "1003")
        window.press("Save and switch on", "dialog")
        self.open(window)
        window.shows("All calls are forwarded.", PRESENCE)
