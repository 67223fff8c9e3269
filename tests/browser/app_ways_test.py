"""Buttons beside the work: waiting for the PBX, an interrupted line, the page Info, notices, long lists."""

import re

from app_case import UNREACHABLE, AppCase
from installation import until

PANEL = "[role=tabpanel]"

# Before the page's own scripts: what a system has and a headless browser has not.
ASKING = """
  window.notices = [];
  class Notification {
    static permission = "default";
    static requestPermission() { Notification.permission = window.answer ?? "granted"; return Promise.resolve(Notification.permission); }
    constructor(title, options) { Object.assign(this, { title, ...options }); window.notices.push(this); }
    close() { window.notices = window.notices.filter((one) => one !== this); }
  }
  Object.defineProperty(window, "Notification", { value: Notification, configurable: true, writable: true });
"""


class Ways(AppCase):
    def test_the_link_opens_the_choice_of_a_file(self):
        window = self.window(scripts=["HTMLInputElement.prototype.click = function () { window.opened = this.type; };"])
        window.press("choose a file")
        window.wait(lambda: window.run("return window.opened") == "file", "the browser's own choice opens")

    def test_the_way_is_tried_again_at_once_and_another_starface_can_be_chosen(self):
        self.installation.stop("agent")
        try:
            window = self.window()
            window.drop(self.key)
            window.shows("the PBX is not connected at the moment")
            window.press("Choose other STARFACE")
            window.press("Cancel", "dialog")
            window.shows("the PBX is not connected at the moment")
        finally:
            self.installation.start_agent_again()
        window.press_until(lambda: window.all("input[type=password]"), "Try again")
        window.press("Choose other STARFACE")
        window.press("Remove", "dialog")
        window.shows("Connect to your STARFACE")

    def test_an_interrupted_line_is_tried_at_once(self):
        self.allowed = UNREACHABLE
        window = self.signed_in()
        self.installation.kill("connector")
        window.shows("Connection interrupted.")
        window.wait(lambda: window.named("button", "Try now"), "when it is tried next")
        self.installation.start_connector_again()
        window.press_until(lambda: not window.all(".interrupted"), "Try now")
        window.working()

    def test_on_the_info_page_one_signs_out_and_chooses_another_starface(self):
        window = self.signed_in()
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        window.press("Sign out", "main")
        window.wait(lambda: window.named("button", "Sign out", "main") is None, "signed out")
        window.press("Choose other STARFACE", "main")
        window.press("Cancel", "dialog")
        window.press("Choose other STARFACE", "main")
        window.press("Remove", "dialog")
        window.shows("Connect to your STARFACE")
        window.named("a", "Info", "nav").click()
        window.shows("No STARFACE is connected yet.")
        window.press("Connect on the page Main")
        window.shows("Connect to your STARFACE")
        # The address is that of the page: after a reload the same is shown.
        window.reload()
        window.shows("Connect to your STARFACE")

    def test_telephone_links_are_taken_over(self):
        window = self.window(at="info", scripts=["navigator.registerProtocolHandler = (...given) => { window.handler = given; };"])
        window.shows_page("Info")
        window.press("Open telephone links with this app")
        window.shows("Your browser asks for permission.")
        scheme, address = window.run("return window.handler")[:2]
        self.assertEqual(scheme, "tel")
        # What the browser makes of a link fills the number in.
        window.open(address.replace("%s", "tel%3A%2B49-721-555"))
        window.drop(self.key)
        window.sign_in()
        window.working()
        window.wait(lambda: re.sub(r"[^+\d]", "", window.field("Name or number").get_attribute("value")) == "+49721555", "the number of the link")
        self.assertEqual(self.installation.placed(), 0)

    def test_where_copying_is_not_allowed_the_diagnosis_is_shown(self):
        window = self.window(at="info")
        window.shows_page("Info")
        window.run("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); document.execCommand = () => false;")
        window.press("Copy diagnosis")
        window.wait(lambda: len(window.find("textarea").get_attribute("value")) > 100, "the text itself")

    def test_from_the_texts_a_link_leads_back(self):
        for at in ["privacy", "terms"]:
            window = self.window(at=at)
            window.wait(lambda: window.all("article a"), "the link")
            window.find("article a").click()
            window.shows("Connect to your STARFACE")

    def test_the_first_key_skips_to_the_content(self):
        window = self.signed_in()
        window.find("a.skip").send_keys("\ue007")
        window.wait(lambda: window.focused().get_attribute("id") == "content", "the content has the focus")
        window.working()

    def test_from_the_account_another_starface_is_chosen(self):
        window = self.signed_in()
        window.press_account()
        window.press_item("Choose other STARFACE", ".account")
        window.press("Cancel", "dialog")
        window.working()
        window.press_account()
        window.press_item("Choose other STARFACE", ".account")
        window.press("Remove", "dialog")
        window.shows("Connect to your STARFACE")


class Notices(AppCase):
    def test_turned_on_they_tell_of_calls_in_other_windows(self):
        window = self.signed_in(scripts=[ASKING])
        window.press("Turn on", ".side")
        window.lacks("Notifications show incoming calls", ".side")
        # While the page is looked at, the card is enough.
        call = self.installation.incoming(name="Yves Young", caller="08912345")
        window.shows("Yves Young", ".cards")
        self.assertEqual(self.notices(window), [])
        self.installation.hang_up(call)
        window.lacks("Yves Young", ".cards")
        self.looks_elsewhere(window)
        call = self.installation.incoming()
        window.wait(lambda: self.notices(window) == [["Zoe Zimmermann is calling", "072155501", f"call {call}"]], "one notice")
        # A press on it leads to the page with the cards, and takes it away.
        window.run("window.focus = () => { window.focused = true; }; window.notices[0].onclick();")
        window.wait(lambda: window.run("return window.focused") and self.notices(window) == [], "the window comes to the front")
        second = self.installation.incoming(name="", caller="0895557")
        window.wait(lambda: [one[0] for one in self.notices(window)] == ["0895557 is calling"], "the next call has one of its own")
        self.installation.hang_up(second)
        window.wait(lambda: self.notices(window) == [], "it ends with the call")

    def test_turned_off_or_refused_nothing_is_shown(self):
        window = self.signed_in(scripts=[ASKING, "window.answer = 'denied';"])
        window.press("Turn on", ".side")
        window.lacks("Notifications show incoming calls", ".side")
        self.looks_elsewhere(window)
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        self.assertEqual(self.notices(window), [])

    def notices(self, window):
        """That are shown now: title, text, and by what a later one takes their place."""
        return window.run("return window.notices.map(({ title, body, tag }) => [title, body, tag])")

    def looks_elsewhere(self, window):
        """A headless browser hides none of its windows, and gives the focus to all of them."""
        window.run("""
            Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
            document.hasFocus = () => false;
            document.dispatchEvent(new Event("visibilitychange"));""")

    def test_not_now_is_remembered_and_the_info_page_still_offers_them(self):
        window = self.signed_in(scripts=[ASKING])
        window.press("Not now", ".side")
        window.lacks("Notifications show incoming calls", ".side")
        window.reload()
        window.wait(lambda: window.all(".dial") or window.all("input[type=password]"), "the page")
        if window.all("input[type=password]"):
            window.sign_in()
        window.working()
        self.assertNotIn("Notifications show incoming calls", window.text(".side"))
        window.named("a", "Info", "nav").click()
        window.press("Turn on notifications of calls", "main")
        window.wait(lambda: window.named("button", "Turn on notifications of calls", "main") is None, "they are on")


class LongLists(AppCase):
    def test_of_many_messages_more_are_shown_by_scrolling_or_a_button(self):
        window = self.signed_in()
        window.press_tab("Settings")
        window.press("Change destination: Always", PANEL)
        window.named("input", "Voicemail", "dialog").click()
        window.press("Save", "dialog")
        window.shows("to voicemail", PANEL)
        window.named("input", "Always").click()
        until(lambda: len(self.installation.asked("redirect.setRedirectSetting")) == 2, "the PBX has it")
        for number in range(120):
            self.installation.called(name=f"Caller {number}", caller=f"0721{number:05}")
        window.press_tab("Voicemail")
        window.shows("120 new, 120 in all", PANEL)
        window.wait(lambda: len(window.all(".voice")) == 50, "the first fifty")
        # Not as a pointer does it: it would scroll there, and that alone shows more.
        window.run("arguments[0].click()", window.button("Show 50 more", PANEL))
        window.wait(lambda: len(window.all(".voice")) >= 100, "fifty more")
        window.run("document.querySelector('.more')?.scrollIntoView()")
        window.wait(lambda: len(window.all(".voice")) == 120, "all of them")
