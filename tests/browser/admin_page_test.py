"""Every button of the administration page, in a real browser, in both languages, by mouse and by keyboard.

admin_page_test.py PROGRAMS [--screenshots DIRECTORY] [--jobs N | unittest's arguments]

With --jobs, N processes share the tests, each with an installation of its own: most of the time is spent waiting for
what the page does by itself every few seconds.
"""

import contextlib
import json
import pathlib
import re
import signal
import socket
import sys
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browser import MOST_JOBS, Page, run_shared, set_media, set_size, start_chromium, taken_out
from installation import Installation

PROGRAMS = None
SCREENSHOTS = None
TABS = ["settings", "licenses", "sessions", "diagnosis", "log"]


def chromium(downloads, language="en", dark=False, width=1100):
    browser = start_chromium(
        f"--lang={language}", f"--window-size={width},900", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *(["--force-dark-mode"] if dark else []),
        preferences={"download.default_directory": str(downloads), "intl.accept_languages": language})
    set_media(browser, prefers_color_scheme="dark" if dark else "light")
    # What the page asks by itself every few seconds, it asks five times as often: the tests wait for little else.
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {
        "source": "const every = window.setInterval; window.setInterval = (work, ms) => every(work, ms / 5);"})
    set_size(browser, width)
    return browser


class AdminWindow(Page):
    def tab(self, name):
        self.click(f"#tab-{name}")
        self.wait(lambda: self.find(f"#tab-{name}").get_attribute("aria-selected") == "true", f"the tab {name}")

    def answer(self, yes):
        self.wait(lambda: self.all("dialog[open]"), "a question")
        self.find("dialog button.danger" if yes else "dialog button:not(.danger)").click()
        self.wait(lambda: not self.all("dialog"), "the question is gone")

    def rename(self, name):
        self.retype("#name", name)
        self.click("#save")
        self.answer(yes=True)

    def complaints(self):
        return [entry["message"] for entry in self.browser.get_log("browser")
                if entry["level"] == "SEVERE" and "401" not in entry["message"]]


class AdminPage(unittest.TestCase):
    """One installation for all; each test signs in anew."""

    @classmethod
    def setUpClass(cls):
        cls.installation = Installation(PROGRAMS).__enter__()
        cls.addClassCleanup(cls.installation.__exit__, None, None, None)
        cls.steps = cls.installation.steps()

    def open(self, language="en", **how):
        downloads = self.installation.file("downloads")
        downloads.mkdir(exist_ok=True)
        browser = chromium(downloads, language, **how)
        self.addCleanup(browser.quit)
        return AdminWindow(browser)

    def enter(self, language="en", **how):
        page = self.open(language, **how)
        page.browser.get(self.installation.link())
        page.wait(lambda: page.all("#tab-settings"), "the tabs")
        page.wait(lambda: page.all("#status dd"), "the status")
        self.addCleanup(lambda: self.assertEqual(page.complaints(), []))
        return page

    def status(self):
        return json.loads(self.installation.agent("status", "--json").stdout)

    @contextlib.contextmanager
    def hanging_pbx(self):
        """Takes connections, and answers nothing."""
        simulator = self.installation.processes["simulator"]
        simulator.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            simulator.send_signal(signal.SIGCONT)

    @staticmethod
    def cut_off(page, offline):
        """The way between browser and agent, as when a forwarded port goes."""
        page.browser.execute_cdp_cmd("Network.enable", {})
        page.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    @staticmethod
    def stand_in(page, answers):
        """What the agent would answer to some commands, for what takes more users than there are here.

        In the page, answersAfter[command] holds answers that are others once that command was asked.
        """
        page.run("""
            window.answers = arguments[0];
            window.answersAfter = {};
            window.asked = [];
            const real = window.fetch;
            window.fetch = (url, options) => {
              const command = String(url).replace("/api/", "");
              window.asked.push([command, options.headers["x-unattended"] ?? ""]);
              Object.assign(window.answers, window.answersAfter[command]);
              return command in window.answers
                ? Promise.resolve(new Response(JSON.stringify({ result: window.answers[command] }))) : real(url, options);
            };""", answers)

    @staticmethod
    def devices_of(counts):
        """What the agent would answer to ticket-list, with so many devices of each user."""
        return {"users": [{"user": user, "devices": [
            {"device": f"{number:04x}{user[-4:].encode().hex()[:4]}", "software": "starface-teams-app/12.34.5678", "since": "2026-01-02T03:04:05Z",
             "used": "2026-02-03T04:05:06Z", "ends": "2026-03-04T05:06:07Z"} for number in range(count)]} for user, count in counts.items()]}

    def end_all_tickets(self):
        self.assertEqual(self.installation.agent("ticket", "revoke", "--all").returncode, 0)

    def let_everybody_in(self):
        """Users who are not named, too, until the end of the test."""
        file = self.installation.file("seats.license")
        file.write_text(self.installation.license())
        self.assertEqual(self.installation.agent("license", "add", file).returncode, 0)
        licenses = json.loads(self.installation.agent("license", "list", "--json").stdout)["licenses"]
        self.addCleanup(self.installation.agent, "license", "remove", licenses[0]["id"])

    def end_all_keys(self):
        self.installation.stop("agent")
        self.installation.file("state/key.json").unlink(missing_ok=True)
        self.installation.start_agent_again()

    def ensure_key(self):
        if self.status()["key"] is None:
            self.assertEqual(self.installation.agent("key", "new").returncode, 0)

    # --- getting in ---

    def test_a_link_signs_in_once(self):
        link = self.installation.link()
        page = self.open()
        page.browser.get(link)
        page.wait(lambda: page.all("#tab-settings"), "the tabs")
        self.assertNotIn("#", page.browser.current_url)
        page.browser.refresh()
        page.wait(lambda: page.all("#tab-settings"), "the tabs after a reload")
        other = self.open()
        other.browser.get(link)
        other.shows("This link does not sign you in")
        other.shows("starface-teams-agent admin-link")
        # The right one, on the page that is open.
        other.browser.get(self.installation.link())
        other.wait(lambda: other.all("#tab-settings"), "the tabs")

    def test_without_a_link_nothing_is_shown(self):
        page = self.open()
        page.browser.get(self.installation.link().split("#")[0])
        page.shows("Sign in", "h2")
        self.assertEqual(page.all("[role=tab]"), [])
        self.assertFalse(page.find("#sign-out").is_displayed())

    def test_whoever_is_signed_out_by_another_link_is_told(self):
        for language, words in [("en", "Your session is over"), ("de", "Ihre Sitzung ist beendet")]:
            page = self.enter(language)
            first = page.browser.current_window_handle
            page.browser.switch_to.new_window("tab")
            page.browser.get(self.installation.link())
            page.wait(lambda: page.all("#tab-settings"), "the tabs")
            page.browser.switch_to.window(first)
            page.shows(words, ".card")
            page.shows("admin.signed-out", ".card .code")
            self.assertEqual(page.focused().tag_name, "h2")
            self.assertIn(words, page.run("return document.getElementById('announcement').textContent"))
            # Another language does not say it again.
            page.click("#language")
            self.assertEqual(page.focused().get_attribute("id"), "language")
            page.browser.get(self.installation.link())
            page.wait(lambda: page.all("#tab-settings"), "the tabs")
            page.click("#sign-out")
            page.shows("admin-link", ".card")
            self.assertEqual(page.all(".card .message"), [])

    def test_what_the_page_asks_by_itself_does_not_keep_the_session(self):
        page = self.enter()
        for name, command in [("settings", "status"), ("licenses", "license-list"), ("sessions", "sessions"), ("log", "log")]:
            self.stand_in(page, {})
            page.tab(name)
            if name != "settings":
                self.assertIn([command, ""], page.run("return window.asked"))
            page.wait(lambda: [command, "yes"] in page.run("return window.asked"), f"{command} is asked again")
            self.assertNotIn("", [by for _, by in page.run("return window.asked.slice(6)")])

    def test_that_the_agent_does_not_answer_is_said_once_and_is_over_with_the_next_answer(self):
        page = self.enter()
        page.shows("OK", "#health")
        for name in TABS[1:] + TABS[:1]:
            page.tab(name)
            self.cut_off(page, True)
            if name == "diagnosis":
                page.click("#start-check")
            page.shows("The agent does not answer", "#connection")
            self.assertEqual(page.text("main .message.bad"), "")
            if name == "settings":
                page.shows("unknown", "#health")
                self.assertIn("stale", page.find("#status").get_attribute("class"))
            if name == "log":
                # Not said anew by each question in vain.
                page.run("document.querySelector('#connection > *').mine = true; window.asked = 0; "
                         "const real = window.fetch; window.fetch = (...all) => { window.asked++; return real(...all); }")
                page.wait(lambda: page.run("return window.asked") > 2, "more questions")
                self.assertTrue(page.run("return document.querySelector('#connection > *').mine"))
            self.cut_off(page, False)
            page.wait(lambda: page.text("#connection") == "", "the notice is gone")
        page.shows("OK", "#health")
        self.assertNotIn("stale", page.find("#status").get_attribute("class"))
        page.browser.get_log("browser")

    def test_signing_out_ends_the_session(self):
        page = self.enter()
        page.click("#sign-out")
        page.shows("Sign in", "h2")
        page.browser.refresh()
        page.shows("Sign in", "h2")

    def test_an_agent_that_was_restarted_asks_to_sign_in_again(self):
        page = self.enter()
        # It comes back on another port here; so the page hears nothing, and says so.
        self.installation.stop("agent")
        page.shows("The agent does not answer")
        self.installation.start_agent_again()
        page.browser.get_log("browser")

    # --- Grundeinstellungen ---

    def test_the_name_is_saved_and_comments_stay(self):
        page = self.enter()
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        page.click("#save")
        page.shows("There is nothing to save.")
        page.fill("#name", "other.example.com")
        page.shows("There are changes that are not saved.")
        page.find("#name").send_keys(Keys.ENTER)
        page.shows("Rename the system from pbx.example.com to other.example.com?", "dialog")
        page.answer(yes=False)
        self.assertEqual(self.status()["registration"]["name"], "pbx.example.com")
        self.assertEqual(page.focused().get_attribute("id"), "name")
        self.assertEqual(page.find("#name").get_attribute("value"), "other.example.com")
        page.find("#name").send_keys(Keys.ENTER)
        # Enter once more, by somebody who does not read, is no.
        page.wait(lambda: page.all("dialog[open]"), "a question")
        page.focused().send_keys(Keys.ENTER)
        page.wait(lambda: not page.all("dialog"), "the question is gone")
        self.assertEqual(self.status()["registration"]["name"], "pbx.example.com")
        page.click("#save")
        page.answer(yes=True)
        page.shows("Saved: the tunnel is made anew", "#settings-notice")
        page.shows("other.example.com", "#system")
        ini = self.installation.ini()
        self.assertIn("# Mine.\n[system]\n# The name.\nname = other.example.com\n\n[connector]\n", ini)
        self.assertIn("# The PBX.\n", ini)
        page.rename("pbx.example.com")
        page.shows("pbx.example.com", "#system")
        self.assertEqual(self.status()["registration"]["name"], "pbx.example.com")

    def test_a_wrong_name_is_refused_and_nothing_changes(self):
        page = self.enter()
        before = self.installation.ini()
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        for wrong in ["", "not a name", "-", "x" * 120, "pbx.example.com ; listen = 0.0.0.0"]:
            page.fill("#name", wrong)
            page.find("#name").send_keys(" ")  # clear() alone tells no script
            page.click("#save")
            if wrong:
                page.answer(yes=True)
            page.wait(lambda: page.find("#name").get_attribute("aria-invalid") == "true", f"“{wrong}” is refused")
            if len(wrong) < 100:
                page.shows("The name must be a host name", "#settings-notice")
                self.assertNotIn(".ini", page.text("#settings-notice"))
            self.assertTrue(page.find("#settings-notice .code").text)
            self.assertEqual(self.installation.ini(), before)
            page.fill("#name", "pbx.example.com")

    def test_a_name_in_capitals_is_saved_as_it_is_written_everywhere(self):
        self.ensure_key()
        page = self.enter()
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        page.retype("#name", "PBX.Example.com")
        page.click("#save")
        page.shows("There is nothing to save.", "#settings-notice")
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name as it is")
        page.wait(lambda: page.find("#download").is_enabled(), "the key file")
        page.rename("Other.Example.com")
        page.shows("Saved: the tunnel is made anew", "#settings-notice")
        page.wait(lambda: page.find("#name").get_attribute("value") == "other.example.com", "the name as it is saved")
        self.assertEqual(page.text("#unsaved"), "")
        self.assertIn("name = other.example.com\n", self.installation.ini())
        page.rename("pbx.example.com")
        page.shows("pbx.example.com", "#system")

    def test_a_refused_name_has_not_changed_the_file(self):
        page = self.enter()
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        before = self.installation.ini()
        second = self.installation.file("etc/second.ini")
        second.write_text(before)
        try:
            page.rename("other.example.com")
            page.shows("settings.several", "#settings-notice .code")
            page.shows("Not saved: System name", "#settings-notice")
            self.assertEqual(self.installation.ini(), before)
            self.assertEqual(page.find("#name").get_attribute("value"), "other.example.com")
            # It stays marked until somebody types, whatever the page asks meanwhile.
            self.stand_in(page, {})
            page.wait(lambda: page.run("return window.asked.length") > 0, "the next status")
            self.assertEqual(page.find("#name").get_attribute("aria-invalid"), "true")
        finally:
            second.unlink()
        page.click("#save")
        page.answer(yes=True)
        page.shows("other.example.com", "#system")
        self.assertIsNone(page.find("#name").get_attribute("aria-invalid"))
        page.rename("pbx.example.com")
        page.shows("pbx.example.com", "#system")

    def test_of_name_and_key_it_is_said_which_was_saved(self):
        self.ensure_key()
        while self.installation.agent("key", "new", "--grace", "24h").returncode == 0:
            pass
        page = self.enter()
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        page.retype("#name", "other.example.com")
        page.click("#new-key")
        page.click("#save")
        page.answer(yes=True)
        page.shows("Saved: the tunnel is made anew", "#settings-notice [role=status]")
        page.shows("Not saved: System key", "#settings-notice [role=alert]")
        page.shows("agent.too-many-keys", "#settings-notice .code")
        page.shows("On this page: “End older keys now” under “Basic settings”.", "#settings-notice")
        page.shows("other.example.com", "#system")
        self.assertIsNone(page.find("#name").get_attribute("aria-invalid"))
        page.shows("There are changes that are not saved.", "#unsaved")
        # What was advised.
        self.assertGreater(len(page.all("#older-keys li")), 1)
        page.click("#end-older")
        page.answer(yes=False)
        page.click("#end-older")
        page.answer(yes=True)
        page.shows("The older keys have ended.", "#settings-notice")
        page.wait(lambda: not page.find("#end-older").is_displayed(), "no older keys")
        self.assertEqual(self.status()["key"]["older"], [])
        page.click("#save")
        page.shows("Saved: System key", "#settings-notice")
        page.rename("pbx.example.com")
        page.shows("pbx.example.com", "#system")
        page.tab("log")
        for words in ["a new system key was made on the administration page", "older system keys were ended on the administration page"]:
            page.shows(words, "#lines")

    def test_the_first_key_is_announced_and_can_be_dropped(self):
        self.end_all_keys()
        page = self.enter()
        page.shows("there is none yet", "#download-hint")
        self.assertEqual(page.text("#show-key"), "Show")
        page.click("#new-key")
        page.shows("There is no key yet: the first one will be made when you save.", "#fate")
        self.assertEqual([choice.is_displayed() for choice in page.all("#fate input")], [False] * 3)
        self.assertEqual(page.focused().get_attribute("id"), "no-new-key")
        page.click("#no-new-key")
        page.wait(lambda: not page.find("#fate").is_displayed(), "it is dropped")
        self.assertEqual(page.text("#unsaved"), "")
        page.click("#new-key")
        page.click("#save")
        page.shows("Saved: System key", "#settings-notice")
        page.wait(lambda: page.find("#download").is_enabled(), "the key file")

    def test_what_is_not_saved_yet_outlives_tab_and_language(self):
        self.ensure_key()
        page = self.enter()
        leaves = ("const event = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(event); "
                  "return !event.defaultPrevented")
        page.wait(lambda: page.find("#name").get_attribute("value") == "pbx.example.com", "the name")
        self.assertTrue(page.run(leaves))
        page.retype("#name", "half.example.com")
        page.click("#new-key")
        page.click("input[value=revoke]")
        self.assertFalse(page.run(leaves))
        page.tab("licenses")
        page.fill("#license-text", "v4.public.half")
        page.tab("settings")
        page.click("#language")
        page.shows("Es gibt Änderungen, die noch nicht gespeichert sind.", "#unsaved")
        self.assertEqual(page.find("#name").get_attribute("value"), "half.example.com")
        page.wait(lambda: page.find("input[value=revoke]").is_selected(), "what becomes of the old key")
        page.click("#no-new-key")
        page.retype("#name", "pbx.example.com")
        self.assertEqual(page.text("#unsaved"), "")
        page.tab("licenses")
        self.assertEqual(page.find("#license-text").get_attribute("value"), "v4.public.half")
        self.assertFalse(page.run(leaves))
        page.retype("#license-text", "")
        self.assertTrue(page.run(leaves))

    def test_a_hanging_pbx_holds_up_nothing_but_its_own_line(self):
        self.ensure_key()
        page = self.enter()
        page.shows("reachable, http", "#status")
        page.tab("log")
        # The page itself notes what it shows first: a browser that is late sees what comes after it as well.
        page.run("""
            window.shown = [];
            const look = () => {
              const status = document.querySelector("#status")?.innerText ?? "";
              if (status.includes("reachable, http")) {
                window.shown.push({ status, health: document.querySelector("#health").innerText,
                                    key: !document.querySelector("#new-key").disabled });
              }
            };
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });""")
        with self.hanging_pbx():
            # The agent says at once what it knows, which is how it was; it finds out what has become of it meanwhile.
            page.run("document.querySelector('#tab-settings').click()")
            page.wait(lambda: page.run("return window.shown.length > 0"), "what is known of the PBX")
            first = page.run("return window.shown[0]")
            self.assertNotIn("not reachable", first["status"])
            self.assertIn("registered as pbx.example.com", first["status"])
            self.assertEqual(first["health"], "OK")
            self.assertTrue(first["key"])
            page.shows("not reachable, http", "#status")
            page.shows("critical", "#health")
        page.wait(lambda: "not reachable" not in page.text("#status"), "the PBX answers again")
        page.shows("OK", "#health")

    def test_a_pbx_that_has_not_been_asked_yet_is_neither_well_nor_ill(self):
        page = self.enter()
        page.tab("log")
        status = self.status()
        status["uci"].update({"enabled": True, "reachable": None, "error": None, "warning": None})
        self.stand_in(page, {"status": status})
        page.tab("settings")
        page.shows("being checked, http", "#status")
        self.assertEqual(page.text("#health"), "…")
        self.assertTrue(page.find("#new-key").is_enabled())

    def test_a_fault_that_is_over_is_not_shown_any_longer(self):
        before = self.installation.ini()
        self.installation.stop("agent")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            (self.installation.file("etc/agent.ini")).write_text(before + f"\n[watch]\nlisten = 127.0.0.1:{taken.getsockname()[1]}\n")
            try:
                self.installation.start_agent_again()
                page = self.enter()
                page.shows("transport.listen-failed", "#status")
            finally:
                self.installation.file("etc/agent.ini").write_text(before)
                self.installation.agent("reload")
        titles = page.run("return [...document.querySelectorAll('#status dt')].map((title) => title.textContent)")
        self.assertEqual(titles[-1], "Monitoring")
        page.wait(lambda: "Monitoring" not in page.text("#status"), "the line is gone")
        self.assertNotIn("listen-failed", page.text("#status"))
        self.assertEqual(page.run("return [...document.querySelectorAll('#status > *')].map((each) => each.tagName)"),
                         ["DT", "DD"] * (len(titles) - 1))

    def test_before_anything_is_known_nothing_can_be_clicked(self):
        page = self.enter()
        page.tab("log")
        page.run("window.fetch = () => new Promise(() => {})")
        page.tab("settings")
        page.shows("loading …", "#status")
        for button in ["show-key", "new-key", "save", "download", "uci-activate", "uci-off"]:
            self.assertFalse(page.find(f"#{button}").is_enabled(), button)
            self.assertTrue(page.text(f"#{button}"), button)

    def test_only_lines_that_have_changed_are_painted_anew(self):
        page = self.enter()
        page.shows("registered as", "#status")
        page.run("document.querySelectorAll('#status dd')[1].mine = true")
        self.stand_in(page, {})
        page.wait(lambda: len(page.run("return window.asked")) > 1, "two more statuses")
        self.assertTrue(page.run("return document.querySelectorAll('#status dd')[1].mine"))

    def test_a_new_key_takes_effect_when_it_is_saved(self):
        self.ensure_key()
        page = self.enter()
        first = self.status()["key"]["id"]
        page.click("#show-key")
        page.wait(lambda: "-" in page.text("#key"), "the key")
        shown = page.text("#key")
        self.assertIn(shown, self.installation.agent("key", "show").stdout)
        page.shows("Hide", "#show-key")
        page.click("#show-key")
        page.wait(lambda: "•" in page.text("#key"), "the key is hidden")

        page.click("#new-key")
        page.shows("What should happen to the old one?")
        page.shows("Save first")
        self.assertFalse(page.find("#download").is_enabled())
        page.click("#no-new-key")
        self.assertEqual(self.status()["key"]["id"], first)
        page.wait(lambda: page.find("#download").is_enabled(), "the key file")

        page.click("#new-key")
        page.click("#save")
        page.shows("Saved: System key", "#settings-notice")
        second = self.status()["key"]
        self.assertNotEqual(second["id"], first)
        self.assertEqual([key["id"] for key in second["older"]], [first])
        page.click("#new-key")
        page.click("input[value=revoke]")
        page.click("#save")
        page.wait(lambda: self.status()["key"]["older"] == [], "the older keys are gone")

    def test_the_key_is_shown_whole_and_copied(self):
        self.ensure_key()
        for width in [1100, 360, 320]:
            page = self.enter("de", width=width)
            page.click("#show-key")
            page.wait(lambda: "-" in page.text("#key"), "the key")
            cut = page.run("const key = document.getElementById('key'); return key.scrollWidth > key.clientWidth || "
                           "key.scrollHeight > key.clientHeight")
            self.assertFalse(cut, width)
            page.click("#show-key")
        page.browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        page.click("#copy-key")
        page.shows("Der Anlagenschlüssel wurde kopiert.", "#settings-notice")
        copied = page.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
        self.assertIn(copied, self.installation.agent("key", "show").stdout)
        self.assertGreater(len(copied), 30)
        self.assertIn("•", page.text("#key"))
        # A browser that refuses: the key is there to be copied by hand.
        page.run("Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error()) } })")
        page.click("#copy-key")
        page.shows("Strg+C", "#settings-notice")
        self.assertEqual(page.run("return getSelection().toString()").strip(), copied)

    def test_dates_and_decimals_are_written_as_the_language_does(self):
        self.ensure_key()
        page = self.enter("de")
        page.shows("in Ordnung", "#health")
        page.wait(lambda: re.search(r"Antwortzeit \d+,\d\u00a0ms", page.text("#status")), "the round trip")
        page.tab("diagnosis")
        page.click("#start-check")
        page.wait(lambda: len(page.all("#findings li")) == len(self.steps) and page.find("#start-check").is_enabled(), "all findings")
        self.assertRegex(page.text("#findings"), r"\d,\d\u00a0ms")
        self.assertNotRegex(page.text("#findings"), r"\d{4}-\d\d-\d\dT|\d\.\d\sms")
        # A unit stands in the line of its number, and a title beside its text.
        self.assertNotRegex(page.text("#findings"), r"\d ms\b")
        overlaps = page.run("return [...document.querySelectorAll('#findings .step')].filter((step) => step.scrollWidth > step.clientWidth)"
                            ".map((step) => step.textContent)")
        self.assertEqual(overlaps, [])
        self.assertNotRegex(page.text("#check-summary"), r"\bgut\b|Achtung")
        page.tab("licenses")
        page.fill("#license-text", self.installation.license())
        page.click("#enter-license")
        page.shows("31.12.2099", "#licenses-lists")
        page.click("#licenses-lists button.danger")
        page.answer(yes=True)
        page.shows("Es ist keine Lizenz eingetragen.")

    def test_the_key_file_can_be_downloaded(self):
        self.ensure_key()
        page = self.enter()
        page.click("#download")
        file = self.installation.file("downloads") / "pbx.example.com.key"
        page.wait(lambda: file.exists() and json.loads(file.read_text()), "the file")
        content = json.loads(file.read_text())
        self.assertEqual(content["name"], "pbx.example.com")
        self.assertEqual(content["connector"], self.installation.connector)
        file.unlink()
        log = self.installation.file("agent.log").read_text()
        self.assertIn("the key file was downloaded from the administration page", log)
        self.assertNotIn(content["key"], log)

    def test_the_uci_connection_goes_off_and_on(self):
        page = self.enter()
        page.click("#uci-off")
        page.answer(yes=False)
        self.assertTrue(self.status()["uci"]["enabled"])
        page.click("#uci-off")
        page.answer(yes=True)
        page.shows("The UCI connection is switched off.", "#settings-notice")
        page.shows("switched off", "#status")
        page.shows("The UCI connection is switched off: nobody can sign in.", "#uci-state")
        self.assertEqual(page.focused().get_attribute("id"), "uci-activate")
        self.assertFalse(self.status()["uci"]["enabled"])
        self.assertIn("enabled = no\n", self.installation.ini())
        page.click("#uci-activate")
        page.shows("The UCI connection is being restarted", "#settings-notice")
        self.assertTrue(self.status()["uci"]["enabled"])
        page.click("#uci-activate")
        page.shows("The UCI connection is being restarted", "#settings-notice")
        page.wait(lambda: page.find("#uci-off").is_displayed(), "it can be switched off again")
        self.assertEqual(page.text("#uci-state"), "")

    def test_what_may_not_be_written_is_told(self):
        # As root everything may be written; the agent is told that its file is on a read-only place by taking it away.
        page = self.enter()
        ini = self.installation.file("etc/agent.ini")
        kept = self.installation.file("kept.ini")
        ini.rename(kept)
        try:
            page.rename("other.example.com")
            page.wait(lambda: page.find("#settings-notice .bad"), "a refusal")
        finally:
            kept.rename(ini)

    # --- Lizenzen ---

    def test_licences_are_entered_and_taken_out(self):
        page = self.enter()
        page.tab("licenses")
        page.shows("No licence was entered.")
        for wrong, code in [("", "license."), ("SFT-1234", "license."), (self.installation.license()[:-9] + "AAAAAAAA", "license.")]:
            page.fill("#license-text", wrong)
            page.click("#enter-license")
            page.shows(code, "#licenses-notice .code")
        page.fill("#license-text", self.installation.license())
        page.click("#enter-license")
        page.shows("The licence of Example Ltd with 2 seats was entered.")
        page.shows("31 Dec 2099", "#licenses-lists")
        page.shows("Nobody holds a seat.", "#licenses-lists")
        page.click("#licenses-lists button")
        page.answer(yes=False)
        page.click("#licenses-lists button")
        page.answer(yes=True)
        page.shows("The licence was removed.")
        page.shows("No licence was entered.")

    def test_a_seat_is_withdrawn(self):
        self.ensure_key()
        page = self.enter()
        page.tab("licenses")
        page.fill("#license-text", self.installation.license())
        page.click("#enter-license")
        page.shows("was entered")
        self.installation.sign_in("1001", "anna-secret")
        # By itself.
        page.shows("Seats in use (1 of 2)")
        page.click("#licenses-lists [aria-label='Withdraw: 1001']")
        page.answer(yes=True)
        page.shows("The seat of 1001 was withdrawn.", "#licenses-notice [role=status]")
        page.shows("Nobody holds a seat.")
        # Its row has gone.
        page.wait(lambda: page.focused().text == "Seats", "the heading has the focus")
        page.wait(lambda: "license.seat-withdrawn" in self.installation.client_log("1001"), "the user is told")
        page.click("#licenses-lists button")
        page.answer(yes=True)
        page.shows("No licence was entered.")

    def test_failures_are_explained_in_german(self):
        page = self.enter("de")
        page.tab("licenses")
        page.fill("#license-text", "SFT-1234")
        page.click("#enter-license")
        page.shows("Ein Lizenzschlüssel beginnt mit v4.public.", "#licenses-notice")
        page.shows("license.wrong-kind", "#licenses-notice .code")

    # --- Sitzungen ---

    def test_a_user_is_signed_out(self):
        self.ensure_key()
        page = self.enter()
        page.tab("sessions")
        self.installation.sign_in("1002", "ben-secret")
        page.click("#refresh-sessions")
        page.shows("1002", "#sessions-list")
        page.shows("named", "#sessions-list")
        page.click("#sessions-list [aria-label='Sign out: 1002']")
        page.answer(yes=False)
        page.shows("1002", "#sessions-list")
        page.click("#sessions-list [aria-label='Sign out: 1002']")
        page.answer(yes=True)
        page.shows("1002 was signed out on all devices.")
        page.wait(lambda: "1002" not in page.text("#sessions-list"), "the user is gone")
        page.wait(lambda: "session.signed-out" in self.installation.client_log("1002"), "the user is told")

    def test_a_long_list_is_narrowed_down_and_keeps_the_focus(self):
        page = self.enter()
        users = [{"user": f"{number}", "since": "2026-01-02T03:04:05Z", "sessions": 1, "connected": True, "seat": False}
                 for number in range(1001, 1021)]
        self.stand_in(page, {"sessions": {"users": users}, "session-end": {}})
        page.tab("sessions")
        page.shows("1020", "#sessions-list")
        above = page.run("return document.querySelector('#refresh-sessions').compareDocumentPosition("
                         "document.querySelector('#sessions-list')) & Node.DOCUMENT_POSITION_FOLLOWING")
        self.assertTrue(above)
        page.fill("#sessions-filter", "101")
        page.wait(lambda: len(page.all("#sessions-list tbody tr")) == 10, "those that fit")
        page.shows("10 of 20 users are shown.")
        page.retype("#sessions-filter", "nobody")
        page.shows("No user name contains this text.", "#sessions-list")
        page.retype("#sessions-filter", "")
        page.wait(lambda: len(page.all("#sessions-list tbody tr")) == 20, "all of them")

        def end(user, left):
            page.run("window.answersAfter['session-end'] = { sessions: { users: arguments[0] } }", left)
            page.click(f"#sessions-list [aria-label='Sign out: {user}']")
            page.answer(yes=True)
            page.shows(f"{user} was signed out on all devices.", "#sessions-notice [role=status]")

        end("1003", users[:2] + users[3:])
        page.wait(lambda: page.focused().accessible_name == "Sign out: 1004", "the next row has the focus")
        page.run("window.answers.sessions = { users: arguments[0] }", users[2:])
        page.wait(lambda: "1001" not in page.text("#sessions-list"), "others have gone")
        self.assertEqual(page.focused().accessible_name, "Sign out: 1004")
        page.wait(lambda: not page.find("#sessions-filter").is_displayed() or len(users) > 8, "the filter")
        end("1004", [])
        page.wait(lambda: page.focused().text == "Sessions", "the heading has the focus")
        self.assertFalse(page.find("#sessions-filter").is_displayed())

    def test_who_is_signed_out_does_not_come_back_by_a_ticket(self):
        self.ensure_key()
        self.end_all_tickets()
        self.installation.file("desk.ticket").unlink(missing_ok=True)
        self.installation.sign_in("1002", "ben-secret", "desk")
        self.installation.wait_for_ticket("desk")
        page = self.enter()
        page.tab("sessions")
        page.click("#sessions-list [aria-label='Sign out: 1002']")
        page.shows("Sign 1002 out on all devices?", "dialog")
        page.answer(yes=True)
        page.shows("1002 was signed out on all devices.")
        page.shows("No device stays signed in.", "#devices-list")
        status, told = self.installation.visit("1002", "ben-secret", "desk")
        self.assertEqual(status, 77)
        self.assertIn("session.ticket-refused", told)

    def test_devices_are_signed_out_one_by_one_or_all_of_a_user(self):
        self.ensure_key()
        self.end_all_tickets()
        self.let_everybody_in()
        page = self.enter()
        page.tab("sessions")
        page.shows("No device stays signed in.", "#devices-list")
        devices = ["desk", "phone", "bag"]
        for device in devices:
            self.installation.file(f"{device}.ticket").unlink(missing_ok=True)
        for device in devices[:2]:
            self.assertEqual(self.installation.visit("1002", "ben-secret", device)[0], 0)
        # By itself.
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 2, "two devices")
        self.assertEqual(self.installation.visit("1001", "anna-secret", "bag")[0], 0)
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 3, "three devices")
        heads = [head.text for head in page.all("#devices-list th")]
        self.assertEqual(heads, ["User", "Device", "Signed in since", "Last used", "Valid until", "Action"])
        listed = json.loads(self.installation.agent("ticket", "list", "--json").stdout)["users"]
        names = {user["user"]: [device["device"] for device in user["devices"]] for user in listed}
        self.assertEqual([code.text for code in page.all("#devices-list code")], names["1001"] + names["1002"])
        self.assertIn("starface-teams-client/", page.text("#devices-list"))
        # Of one device there is no button for all of them.
        self.assertEqual(page.all("#devices-list [aria-label='Sign out all devices: 1001']"), [])

        one = f"#devices-list [aria-label='Sign device out: 1002, {names['1002'][0]}']"
        page.click(one)
        page.shows(f"Sign 1002 out on the device {names['1002'][0]}?", "dialog")
        page.answer(yes=False)
        self.assertEqual(len(page.all("#devices-list tbody tr")), 3)
        page.find(one).send_keys(Keys.ENTER)
        page.answer(yes=True)
        page.shows(f"1002 was signed out on the device {names['1002'][0]}.", "#sessions-notice [role=status]")
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 2, "the device is gone")
        page.wait(lambda: page.focused().accessible_name == f"Sign device out: 1002, {names['1002'][1]}", "the next row has the focus")
        self.assertEqual(self.installation.visit("1002", "ben-secret", "desk")[0], 77)
        self.assertEqual(self.installation.visit("1002", "wrong", "phone")[0], 0)

        self.assertEqual(self.installation.visit("1002", "ben-secret", "desk")[0], 0)
        page.click("#devices-list [aria-label='Sign out all devices: 1002']")
        page.answer(yes=True)
        page.shows("1002 was signed out on all devices.", "#sessions-notice [role=status]")
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 1, "that user's devices are gone")
        for device in devices[:2]:
            self.assertEqual(self.installation.visit("1002", "ben-secret", device)[0], 77)
        self.assertEqual(self.installation.visit("1001", "wrong", "bag")[0], 0)
        page.tab("log")
        page.shows(f"an administrator has ended the tickets of device {names['1002'][0]} of user 1002", "#lines")

    def test_a_device_that_is_here_is_told(self):
        self.ensure_key()
        self.end_all_tickets()
        self.installation.file("desk.ticket").unlink(missing_ok=True)
        self.installation.sign_in("1002", "ben-secret", "desk")
        self.installation.wait_for_ticket("desk")
        page = self.enter()
        page.tab("sessions")
        page.shows("1002", "#sessions-list")
        page.click("#devices-list button")
        page.answer(yes=True)
        page.wait(lambda: "session.signed-out" in self.installation.client_log("1002"), "the client is told")
        page.wait(lambda: "1002" not in page.text("#sessions-list"), "the session is gone")

    def test_a_device_that_cannot_be_signed_out_is_told_with_the_code(self):
        self.end_all_tickets()
        for language, words in [("en", "or not on that device"), ("de", "oder nicht auf diesem Gerät")]:
            page = self.enter(language)
            # It has gone meanwhile.
            self.stand_in(page, {"ticket-list": self.devices_of({"1001": 1})})
            page.tab("sessions")
            page.wait(lambda: page.all("#devices-list tbody tr"), "the device")
            page.click("#devices-list button")
            page.run("delete window.answers['ticket-list']")
            page.answer(yes=True)
            page.shows("session.no-tickets", "#sessions-notice [role=alert] .code")
            page.shows(words, "#sessions-notice [role=alert]")
            page.wait(lambda: not page.all("#devices-list tbody tr"), "the list is as it is")
            page.wait(lambda: page.focused().tag_name == "h3", "the heading has the focus")
            page.browser.get_log("browser")

    def test_one_list_is_shown_though_the_other_cannot_be(self):
        page = self.enter()
        self.stand_in(page, {"ticket-list": self.devices_of({"1001": 1})})
        page.run("""
            const answering = window.fetch;
            window.fetch = (url, options) => String(url) === "/api/sessions"
              ? Promise.resolve(new Response(JSON.stringify({ error: { code: "a.code", message: "not now", hint: "" } }))) : answering(url, options);""")
        page.tab("sessions")
        page.shows("a.code", "#sessions-notice [role=alert] .code")
        page.wait(lambda: page.all("#devices-list tbody tr"), "the device")

    def test_many_devices_are_narrowed_down(self):
        page = self.enter("de")
        self.stand_in(page, {"sessions": {"users": []}, "ticket-list": self.devices_of({f"{number}": 2 for number in range(1001, 1011)})})
        page.tab("sessions")
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 20, "all devices")
        self.assertFalse(page.find("#sessions-filter").is_displayed())
        self.assertEqual(page.find("#devices-filter").accessible_name, "Geräte nach Benutzer filtern")
        page.fill("#devices-filter", "1003")
        page.wait(lambda: len(page.all("#devices-list tbody tr")) == 2, "those of one user")
        page.shows("2 von 20 Geräten angezeigt.")
        self.assertEqual([button.accessible_name.split(":")[0] for button in page.all("#devices-list button")],
                         ["Gerät abmelden", "Alle Geräte abmelden", "Gerät abmelden"])
        page.retype("#devices-filter", "nobody")
        page.shows("Kein Benutzername enthält diesen Text.", "#devices-list")

    def test_only_who_is_signed_in_sees_devices_or_signs_them_out(self):
        self.ensure_key()
        self.end_all_tickets()
        self.installation.file("desk.ticket").unlink(missing_ok=True)
        self.assertEqual(self.installation.visit("1002", "ben-secret", "desk")[0], 0)
        ask = """
            const [command, body, token, done] = arguments;
            fetch(`/api/${command}`, { method: "POST", headers: { "content-type": "application/json", "x-csrf-token": token }, body: JSON.stringify(body) })
              .then(async (answer) => done([answer.status, (await answer.json()).error?.code]));"""
        commands = [("ticket-list", {}), ("ticket-revoke", {"all": True}), ("ticket-revoke", {"user": "1002"}), ("session-end", {"user": "1002"})]
        page = self.open()
        page.browser.get(self.installation.link().split("#")[0])
        for command, body in commands:
            self.assertEqual(page.browser.execute_async_script(ask, command, body, ""), [401, "admin.signed-out"])
        # The cookie alone, as another page in this browser would send it, is not enough either.
        page.browser.get(self.installation.link())
        page.wait(lambda: page.all("#tab-settings"), "the tabs")
        for command, body in commands:
            self.assertEqual(page.browser.execute_async_script(ask, command, body, ""), [401, "admin.signed-out"])
        self.assertEqual(self.installation.visit("1002", "wrong", "desk")[0], 0)

    # --- Diagnose ---

    def test_the_diagnosis_runs_with_progress(self):
        self.ensure_key()
        page = self.enter()
        page.tab("diagnosis")
        page.click("#start-check")
        page.wait(lambda: len(page.all("#findings li")) == len(self.steps), "all findings")
        page.shows("0 failed", "#check-summary")
        page.wait(lambda: page.find("#start-check").is_enabled(), "it can be started again")
        # As many as the command walks through, and each has a title.
        self.assertGreater(len(self.steps), 10)
        progress = page.run("const { max, value } = document.getElementById('check-progress'); return [max, value]")
        self.assertEqual(progress, [len(self.steps)] * 2)
        self.assertNotIn("", [title.text for title in page.all("#findings .step")])
        page.shows("Round trip", "#findings")
        self.assertRegex(page.text("#check-times"), r"^Started \d.*:\d\d, ended \d.*:\d\d\.$")
        page.tab("log")
        page.tab("diagnosis")
        page.wait(lambda: len(page.all("#findings li")) == len(self.steps), "the findings are still there")

    def test_the_diagnosis_speaks_german(self):
        self.ensure_key()
        page = self.enter("de")
        page.tab("diagnosis")
        page.click("#start-check")
        page.wait(lambda: len(page.all("#findings li")) == len(self.steps), "all findings")
        page.shows("0 fehlgeschlagen", "#check-summary")
        page.shows("der Cloud-Connector spricht das Tunnelprotokoll", "#findings")
        page.shows("der Agent ist als pbx.example.com registriert", "#findings")
        page.tab("settings")
        page.rename("other.example.com")
        page.shows("Gespeichert: der Tunnel wird neu aufgebaut", "#settings-notice")
        page.rename("pbx.example.com")
        page.shows("pbx.example.com", "#system")

    def test_a_failed_step_is_explained_in_german_first(self):
        self.ensure_key()
        with self.hanging_pbx():
            page = self.enter("de")
            page.tab("diagnosis")
            page.click("#start-check")
            page.shows("1 fehlgeschlagen", "#check-summary")
            failed = next(step for step in page.all("#findings li") if step.find_elements(By.CSS_SELECTOR, ".mark.bad"))
            english = failed.find_elements(By.CSS_SELECTOR, "[lang=en]")
            self.assertEqual([one for one in english if one.is_displayed()], [])
            failed.find_element(By.CSS_SELECTOR, ".original summary").click()
            original = failed.find_element(By.CSS_SELECTOR, ".original [lang=en]")
            self.assertRegex(original.text, r"^\[[a-z.-]+\] ")
            self.assertNotIn("[", failed.find_element(By.CSS_SELECTOR, ".text").text)
            self.assertRegex(failed.find_element(By.CSS_SELECTOR, ".text").text, r"Anlage|Gegenseite")
        page.click("#start-check")
        page.shows("0 fehlgeschlagen", "#check-summary")

    def test_the_diagnosis_names_the_button_that_mends(self):
        self.ensure_key()
        page = self.enter()
        page.click("#uci-off")
        page.answer(yes=True)
        page.shows("switched off", "#uci-state")
        page.tab("diagnosis")
        page.click("#start-check")
        page.shows("On this page: “(Re)activate the UCI connection” under “Basic settings”.", "#findings")
        page.tab("settings")
        page.click("#uci-activate")
        page.shows("The UCI connection is being restarted", "#settings-notice")

    # --- Log ---

    def test_the_log_follows_and_has_levels(self):
        page = self.enter()
        page.tab("log")
        page.shows("admin: the administration page is at", "#lines")
        page.shows("info admin: a link to the administration page was made", "#lines")
        page.shows("info admin: somebody has signed in to the administration page by a link", "#lines")
        Select(page.find("#level")).select_by_value("debug")
        page.shows("The log has the level debug", "#log-notice")
        page.shows("the log level is debug until", "#lines")
        Select(page.find("#level")).select_by_value("info")
        page.shows("The log has the level info", "#log-notice")
        page.click("#follow")
        self.assertFalse(page.find("#follow").is_selected())

    # --- all of it ---

    def test_both_languages_have_every_word(self):
        page = self.enter("de")
        seen = {}
        for language in ["de", "en"]:
            self.assertEqual(page.find("html").get_attribute("lang"), language)
            for name in TABS:
                page.tab(name)
                page.wait(lambda: page.text("#panel"), "the panel")
                seen[language, name] = page.text("#panel h2")
                self.assertNotIn("undefined", page.text())
                self.assertNotRegex(page.text(), r"\{\w+[|}]")
            page.click("#language")
            page.wait(lambda: page.find("html").get_attribute("lang") != language, "the other language")
        self.assertEqual(seen["de", "licenses"], "Lizenzen")
        self.assertEqual(seen["en", "licenses"], "Licences")
        keys = page.browser.execute_async_script(
            "const done = arguments[0]; fetch('/texts.js').then((r) => r.text()).then(done)")
        blocks = keys.split("\n  },\n};")[0].split("\n  de: {")
        names = [set(re.findall(r"(?:\", |\n\s+)(\w+): \"", block)) for block in blocks]
        self.assertEqual(names[0], names[1])
        self.assertGreater(len(names[0]), 100)

    def test_everything_is_reached_by_keyboard(self):
        page = self.enter()
        page.find("#tab-settings").click()
        for name in TABS[1:] + [TABS[0]]:
            page.browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
            page.wait(lambda: page.browser.switch_to.active_element.get_attribute("id") == f"tab-{name}", f"the tab {name}")
        page.browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
        page.wait(lambda: page.browser.switch_to.active_element.get_attribute("id") == "tab-log", "the last tab")
        page.browser.switch_to.active_element.send_keys(Keys.HOME)
        page.wait(lambda: page.all("#save"), "the settings")
        reached = set()
        for _ in range(20):
            page.browser.switch_to.active_element.send_keys(Keys.TAB)
            reached.add(page.browser.switch_to.active_element.get_attribute("id"))
        for control in ["name", "new-key", "save", "uci-activate", "uci-off"]:
            self.assertIn(control, reached)
        # A question is left by Escape, and the answer is no.
        page.find("#uci-off").send_keys(Keys.ENTER)
        page.wait(lambda: page.all("dialog[open]"), "a question")
        page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
        page.wait(lambda: not page.all("dialog"), "the question is gone")
        self.assertTrue(self.status()["uci"]["enabled"])

    def test_it_fits_a_narrow_window(self):
        page = self.enter(width=320)
        for name in TABS:
            page.tab(name)
            page.wait(lambda: page.text("#panel"), "the panel")
            too_wide = page.browser.execute_script(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            self.assertLessEqual(too_wide, 0, name)

    def test_the_heading_of_a_frame_is_one_line_in_a_narrow_window(self):
        self.ensure_key()
        for language in ["de", "en"]:
            page = self.enter(language, width=320)
            page.click("#new-key")
            page.wait(lambda: page.find("#fate").is_displayed(), "the question")
            lines = page.run("const legend = document.querySelector('#fate legend'); const all = document.createRange(); "
                             "all.selectNodeContents(legend); return new Set([...all.getClientRects()].map((box) => box.top)).size")
            self.assertEqual(lines, 1)
            self.assertEqual(page.find("#fate").get_attribute("aria-describedby"), "fate-question")
            self.assertGreater(len(page.text("#fate-question")), 30)
            page.click("#no-new-key")

    def test_what_can_be_done_to_a_row_is_in_sight_in_a_narrow_window(self):
        license = {"id": "0123456789abcdef", "holder": "Example Ltd", "systems": ["pbx.example.com"], "from": "2026-01-01",
                   "until": "2099-12-31", "seats": 20}
        holder = {"user": "a.very.long.login@example.com", "since": "2026-01-02T03:04:05Z", "sessions": 1}
        for width in [820, 760, 360, 320]:
            page = self.enter("de", width=width)
            self.stand_in(page, {
                "license-list": {"licenses": [license], "holders": [holder], "taken": 1, "seats": 20},
                "sessions": {"users": [{**holder, "connected": True, "seat": True}]},
                "ticket-list": self.devices_of({holder["user"]: 2})})
            for name, rows in [("licenses", 2), ("sessions", 3)]:
                page.tab(name)
                page.wait(lambda: len(page.all("tbody tr")) == rows, "the rows")
                for button in page.all("tbody button"):
                    box = page.run("const { left, right } = arguments[0].getBoundingClientRect(); return [left, right]", button)
                    self.assertGreaterEqual(box[0], 0)
                    self.assertLessEqual(box[1], width)
                too_wide = page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(too_wide, 0, name)
                # A table is still one for who does not see it.
                self.assertEqual({row.aria_role for row in page.all("tbody tr")}, {"row"})

    def test_contrast_is_enough_in_light_and_dark(self):
        for dark in [False, True]:
            page = self.enter(dark=dark)
            self.assertEqual(page.browser.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches"), dark)
            for name in TABS:
                page.tab(name)
                page.wait(lambda: page.text("#panel"), "the panel")
                faint = page.browser.execute_script(pathlib.Path(__file__).with_name("contrast.js").read_text())
                self.assertEqual(faint, [], f"{name}, dark: {dark}")

    def test_every_control_has_a_name(self):
        page = self.enter()
        for name in TABS:
            page.tab(name)
            page.wait(lambda: page.text("#panel"), "the panel")
            for control in page.all("button, input, select, textarea, [role=tabpanel], [role=log], progress"):
                if control.is_displayed():
                    self.assertTrue(control.accessible_name, control.get_attribute("outerHTML"))

    def test_screenshots(self):
        if SCREENSHOTS is None:
            self.skipTest("--screenshots DIRECTORY was not given")
        self.ensure_key()
        self.end_all_tickets()
        for device in ["desk", "phone"]:
            self.installation.file(f"{device}.ticket").unlink(missing_ok=True)
        self.assertEqual(self.installation.visit("1002", "ben-secret", "phone")[0], 0)
        self.installation.sign_in("1002", "ben-secret", "desk")
        self.installation.wait_for_ticket("desk")
        for language, dark in [("en", False), ("de", False), ("de", True)]:
            page = self.enter(language, dark=dark)
            if not dark and language == "en":
                page.tab("licenses")
                page.fill("#license-text", self.installation.license())
                page.click("#enter-license")
                page.wait(lambda: page.all("#licenses-lists table"), "the licence")
                page.fill("#license-text", "")
            for name in TABS:
                page.tab(name)
                if name == "diagnosis":
                    page.click("#start-check")
                    page.wait(lambda: len(page.all("#findings li")) == len(self.steps) and page.find("#start-check").is_enabled(), "all findings")
                page.wait(lambda: page.text("#panel"), "the panel")
                page.wait(lambda: page.all("#panel dd, #panel td, #panel li, #lines p"), "its content")
                if name == "sessions":
                    page.wait(lambda: page.all("#sessions-list td") and page.all("#devices-list td"), "both tables")
                ActionChains(page.browser).move_to_element_with_offset(page.find("h1"), 0, 0).perform()  # away from the tab
                height = 500
                for _ in range(2):  # a window is never lower than its content was before
                    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                        "width": 1100, "height": min(height, 1600), "deviceScaleFactor": 1, "mobile": False})
                    height = page.run("return document.documentElement.scrollHeight")
                page.run("document.activeElement?.blur()")
                page.browser.save_screenshot(str(SCREENSHOTS / f"admin-{name}-{language}{'-dark' if dark else ''}.png"))


if __name__ == "__main__":
    options = [sys.argv.pop(1)]
    PROGRAMS = options[0]
    if (directory := taken_out("--screenshots")) is not None:
        SCREENSHOTS = pathlib.Path(directory)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        options += ["--screenshots", directory]
    if (jobs := min(int(taken_out("--jobs") or 1), MOST_JOBS)) > 1:
        sys.exit(0 if run_shared([AdminPage], jobs, options) else 1)
    unittest.main()
