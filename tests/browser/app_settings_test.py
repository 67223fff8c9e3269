"""The tab of settings: every switch, choice and dialog, and what the PBX does with it."""

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from app_case import AppCase
from installation import until

PANEL = "[role=tabpanel]"


class SettingsCase(AppCase):
    def at_settings(self, user="1001"):
        window = self.signed_in(user)
        window.press_tab("Settings")
        window.wait(lambda: window.named("input", "Always") and window.all(".setting .switches"), "the settings")
        return window

    def rings_at(self, user, what):
        """Somebody calls Anna; it rings there, and only there."""
        self.assertEqual(self.installation.called(), [user], what)
        self.installation.hang_up_all()

    def turned(self, window, name, on):
        """The switch stands so, after the PBX has answered."""
        window.wait(lambda: window.named("input", name).is_selected() == on, f"“{name}” is {'on' if on else 'off'}")


class Forwardings(SettingsCase):
    def edit(self, window, what):
        window.press(f"Change destination: {what}", PANEL)
        window.wait(lambda: window.all("dialog[open]"), "the dialog")

    def test_always_goes_on_off_and_to_another_number(self):
        window = self.at_settings()
        # Without a destination it cannot be switched on: the dialog asks for one.
        window.named("input", "Always").click()
        window.shows("Forward: Always", "dialog")
        self.assertFalse(window.named("input", "Always").is_selected())
        window.press("Save and switch on", "dialog")
        window.shows("Enter a phone number.", "dialog")
        window.type("Phone number", "(10) 03")
        window.press("Save and switch on", "dialog")
        self.turned(window, "Always", True)
        window.shows("to 1003", PANEL)
        until(lambda: self.installation.asked("redirect.setRedirectSetting", "1001"), "the PBX has it")
        self.rings_at("1003", "always, to Carla")
        window.named("input", "Always").click()
        self.turned(window, "Always", False)
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 2, "the PBX has that, too")
        self.rings_at("1001", "off again")
        self.edit(window, "Always")
        window.type("Phone number", "1004")
        window.focused().send_keys(Keys.ENTER)
        window.shows("to 1004", PANEL)
        self.turned(window, "Always", False)
        self.rings_at("1001", "another number does not switch it on")
        window.named("input", "Always").click()
        self.turned(window, "Always", True)
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 4, "the PBX has all of it")
        self.rings_at("1004", "always, to Dora")
        window.reload()
        window.working()
        window.press_tab("Settings")
        self.turned(window, "Always", True)

    def test_when_busy_the_second_call_goes_elsewhere(self):
        window = self.at_settings()
        window.named("input", "When busy").click()
        window.type("Phone number", "1003")
        window.press("Save and switch on", "dialog")
        self.turned(window, "When busy", True)
        window.named("input", "Call waiting").click()
        self.turned(window, "Call waiting", False)
        until(lambda: self.installation.asked("phone.setCallWaitingIndication"), "the PBX has it")
        first = self.installation.incoming()
        self.installation.answer(first)
        self.assertEqual(self.installation.called(caller="08912345"), ["1003"])
        self.installation.hang_up_all()
        window.named("input", "When busy").click()
        self.turned(window, "When busy", False)
        self.rings_at("1001", "not busy any more")

    def test_without_an_answer_it_goes_on_after_the_seconds_that_are_set(self):
        window = self.at_settings()
        self.edit(window, "No answer after 20\u00a0s")
        window.type("Phone number", "1003")
        for wrong in ["0", "3601", "soon"]:
            window.type("Seconds until forwarding", wrong)
            window.press("Save", "dialog")
            window.shows("Enter 1 to 3600 seconds.", "dialog")
        window.type("Seconds until forwarding", "1")
        window.press("Save", "dialog")
        window.shows("No answer after 1\u00a0s", PANEL)
        window.named("input", "No answer after 1\u00a0s").click()
        self.turned(window, "No answer after 1\u00a0s", True)
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 2, "the PBX has it")
        self.assertEqual(self.installation.called(), ["1001"])
        until(lambda: [one["user"] for one in self.installation.calls()] == ["1003"], "it rings at Carla's then")

    def test_to_voicemail_a_message_comes_in(self):
        window = self.at_settings()
        self.edit(window, "Always")
        window.named("input", "Voicemail", "dialog").click()
        window.wait(lambda: window.named("input", "Phone number") is None, "voicemail needs no number")
        window.press("Save", "dialog")
        window.shows("to voicemail", PANEL)
        window.named("input", "Always").click()
        self.turned(window, "Always", True)
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 2, "the PBX has it")
        self.assertEqual(self.installation.called(), [])
        window.press_tab("Voicemail")
        window.shows("Zoe Zimmermann", PANEL)
        # And back to a number.
        window.press_tab("Settings")
        self.edit(window, "Always")
        window.named("input", "Another number", "dialog").click()
        window.type("Phone number", "1003")
        window.press("Save", "dialog")
        window.shows("to 1003", PANEL)
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 3, "the PBX has it")
        self.rings_at("1003", "on as before")

    def test_the_dialog_can_be_left_and_nothing_is_changed(self):
        window = self.at_settings()
        for leave in [lambda: window.press("Cancel", "dialog"), lambda: window.focused().send_keys(Keys.ESCAPE)]:
            self.edit(window, "When busy")
            window.type("Phone number", "1003")
            leave()
            window.wait(lambda: not window.all("dialog[open]"), "the dialog is closed")
            window.wait(lambda: window.focused().accessible_name == "Change destination: When busy", "the focus is back")
        self.assertEqual(self.installation.asked("redirect.setRedirectSetting"), [])

    def test_a_refusal_is_told_and_what_is_shown_goes_back(self):
        window = self.at_settings()
        self.edit(window, "Always")
        window.type("Phone number", "1003")
        window.press("Save", "dialog")
        window.shows("to 1003", PANEL)
        self.installation.pbx_told("misbehave", method="*.setRedirectSetting", kind="http-500", execute=False)
        window.named("input", "Always").click()
        window.shows("Always: not changed.", PANEL)
        self.turned(window, "Always", False)
        window.press("Dismiss", PANEL)
        window.lacks("Always: not changed.", PANEL)
        self.rings_at("1001", "nothing has changed")

    def test_what_could_not_be_loaded_is_tried_again(self):
        self.installation.pbx_told("misbehave", method="*.getRedirectSettings", kind="http-500", execute=False)
        window = self.signed_in()
        window.press_tab("Settings")
        window.shows("This could not be loaded.", PANEL)
        window.press("Try again", PANEL)
        window.shows("This could not be loaded.", PANEL)
        self.installation.pbx_told("misbehave/clear")
        # A reading that was under way may come first, and take the button away.
        window.press_until(lambda: window.named("input", "Always"), "Try again", PANEL)
        window.lacks("This could not be loaded.", PANEL)


class PhonesAndGroups(SettingsCase):
    def test_the_phone_that_rings_is_chosen_in_the_settings_and_beside_the_number(self):
        window = self.at_settings()
        window.named("input", "1001.app").click()
        window.wait(lambda: window.named("input", "1001.app").is_selected(), "the app is chosen")
        window.shows("1001.app", ".phone-choice")
        until(lambda: self.installation.asked("phone.setPrimaryPhoneId") == ['"SIP/1001.app"'], "the PBX has it")
        window.find(".phone-choice button").click()
        window.press_item("1001.desk", ".phone-choice")
        window.wait(lambda: window.named("input", "1001.desk").is_selected(), "and the desk again")
        until(lambda: self.installation.asked("phone.setPrimaryPhoneId")[1:] == ['"SIP/1001.desk"'], "the PBX has that, too")

    def test_the_number_that_others_see_is_chosen(self):
        window = self.at_settings()
        Select(window.field("Number that others see")).select_by_index(1)
        until(lambda: self.installation.asked("phone.setDisplayNumberId") == ['"00497215551001"'], "the PBX has it")
        window.wait(lambda: "7215551001" in window.text(".phone-choice .shows").replace(" ", ""), "it stands beside the number")
        window.reload()
        window.working()
        window.wait(lambda: "7215551001" in window.text(".phone-choice .shows").replace(" ", ""), "and after a reload")

    def test_call_waiting_goes_off_and_on(self):
        window = self.at_settings()
        for on in [False, True]:
            window.named("input", "Call waiting").click()
            self.turned(window, "Call waiting", on)
        until(lambda: self.installation.asked("phone.setCallWaitingIndication") == ["false", "true"], "the PBX has both")

    def test_out_of_a_group_its_calls_do_not_ring_and_in_again_they_do(self):
        window = self.at_settings()
        self.assertEqual(sorted(self.installation.called("0100")), ["1001", "1002"])
        window.wait(lambda: "For group Sales" in " ".join(window.text(".cards").split()), "the card names the group")
        self.installation.hang_up_all()
        for active, rung in [(False, ["1002"]), (True, ["1001", "1002"])]:
            window.named("input", "Sales").click()
            self.turned(window, "Sales", active)
            until(lambda: len(self.installation.asked("group.setGroupSetting")) == (2 if active else 1), "the PBX has it")
            self.assertEqual(sorted(self.installation.called("0100")), rung)
            self.installation.hang_up_all()

    def test_who_is_in_no_group_reads_that(self):
        window = self.at_settings("1003")
        window.shows("You are in no group", PANEL)
