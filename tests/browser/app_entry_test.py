"""From the empty page to the work screen: key file, key, sign-in, and all that may be wrong with them."""

import json

from selenium.webdriver.support.ui import Select

from app_case import UNREACHABLE, AppCase
from app_installation import SYSTEM

ENGLISH = ("STARFACE user name", "STARFACE password", "Sign in")
GERMAN = ("STARFACE Benutzername", "STARFACE Passwort", "Anmelden")


class Connecting(AppCase):
    def test_a_dropped_key_file_and_a_sign_in_lead_to_the_work_screen(self):
        window = self.window()
        window.shows("Connect to your STARFACE")
        self.assertTrue(window.drop(self.key))
        window.shows("STARFACE sign-in")
        window.shows(f"PBX {SYSTEM} can be reached")
        window.sign_in()
        window.working()
        window.shows_user("1001")
        self.assertEqual(window.run("return document.title"), "STARFACE")

    def test_a_chosen_or_pasted_key_file_does_the_same(self):
        window = self.window()
        window.choose(self.installation.file("users.key"))
        window.shows("STARFACE sign-in")
        window.press("Choose other STARFACE")
        window.press("Remove", "dialog")
        window.shows("Connect to your STARFACE")
        window.run("""
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", arguments[0]);
            document.querySelector("section.card input").dispatchEvent(
              new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));""", self.key.decode())
        window.shows("STARFACE sign-in")

    def test_name_and_key_can_be_typed_in_any_spelling(self):
        window = self.window()
        key = json.loads(self.key)["key"]
        window.type("STARFACE name", SYSTEM.upper())
        window.type("Key", key.lower().replace("-", " "))
        window.shows("The key is complete and correct.")
        window.press("Connect")
        window.shows("STARFACE sign-in")

    def test_a_typing_error_is_marked_while_typing(self):
        for language, label, words in [("en", "Key", "Group 3 is not correct."), ("de", "Schlüssel", "Gruppe 3 stimmt nicht.")]:
            window = self.fresh(language)
            groups = json.loads(self.key)["key"].split("-")
            groups[2] = ("Q" if groups[2][0] != "Q" else "P") + groups[2][1:]
            window.type(label, "-".join(groups))
            window.shows(words)
            self.assertEqual(window.text("ol.groups li.wrong").strip(), groups[2])

    def test_files_that_are_none_say_so(self):
        newer = {**json.loads(self.key), "version": 99}
        lacking = {name: value for name, value in json.loads(self.key).items() if name != "key"}
        cases = [
            (b"x" * 20_000, "too large to be a key file", "zu groß für eine Schlüsseldatei"),
            (b'{"some": "other JSON"}', "not a key file", "keine Schlüsseldatei"),
            (self.key.decode().encode("utf-16"), "not a key file", "keine Schlüsseldatei"),
            (b"", "not a key file", "keine Schlüsseldatei"),
            (json.dumps(newer).encode(), "created by a newer version", "stammt von einer neueren Version"),
            (json.dumps(lacking).encode(), "incomplete or was changed", "unvollständig oder wurde verändert"),
        ]
        for language, rejected in [("en", "The file was not used."), ("de", "Die Datei wurde nicht übernommen.")]:
            window = self.fresh(language)
            for contents, english, german in cases:
                window.drop(contents)
                window.shows(rejected)
                window.shows(english if language == "en" else german, "[role=alert]")
            window.drop(self.key, count=2)
            window.shows("Drop only the key file" if language == "en" else "Legen Sie nur die Schlüsseldatei ab")
            # And the right one works afterwards.
            window.drop(self.key)
            window.wait(lambda: window.all("input[type=password]"), "the sign-in")

    def test_a_file_beside_the_field_does_not_lead_away(self):
        window = self.window()
        window.shows("Connect to your STARFACE")
        self.assertTrue(window.drop(self.key, onto="header"))
        self.assertTrue(window.drop(self.key, onto="html"))
        self.assertEqual(window.heading(), "Connect to your STARFACE")

    def test_a_key_file_for_another_connector_names_its_page(self):
        foreign = {**json.loads(self.key), "connector": "wss://elsewhere.example.com:8443"}
        window = self.window()
        window.drop(json.dumps(foreign).encode())
        window.shows("belongs to another connector: elsewhere.example.com:8443")
        self.assertEqual(window.find(".message a.button").get_attribute("href"), "https://elsewhere.example.com:8443/app/")

    def test_a_key_that_was_withdrawn_is_refused(self):
        made = self.installation.agent("key", "new", "--revoke")
        self.assertEqual(made.returncode, 0, made.stderr)
        withdrawn, self.stage.key = self.key, self.installation.key_file().read_bytes()
        for language, words in [("en", "Name and key are not accepted."), ("de", "Name und Schlüssel werden nicht angenommen.")]:
            window = self.fresh(language)
            window.drop(withdrawn)
            window.shows(words)
            window.drop(self.stage.key)
            window.wait(lambda: window.all("input[type=password]"), "the sign-in")

    def test_while_the_pbx_is_offline_it_says_so_and_goes_on_by_itself(self):
        self.installation.stop("agent")
        english, german = self.window("en"), self.window("de")
        for each in [english, german]:  # before one of them keeps the key for both
            each.front().wait(lambda: each.all("section.card"), "the place for the key file")
        for window, words in [(english, "the PBX is not connected at the moment"), (german, "die Anlage ist zurzeit nicht verbunden")]:
            window.front().drop(self.key)
            window.shows(words)
        self.installation.start_agent_again()
        for window in [english, german]:
            window.front().wait(lambda: window.all("input[type=password]"), "the sign-in")

    def test_while_the_connector_is_away_it_says_so_and_goes_on_by_itself(self):
        self.allowed = UNREACHABLE
        english, german = self.window("en"), self.window("de")
        self.installation.kill("connector")
        for window, words in [(english, "The connector cannot be reached."), (german, "Der Cloud-Connector ist nicht erreichbar.")]:
            window.front().drop(self.key)
            window.shows(words)
        self.installation.start_connector_again()
        for window in [english, german]:
            window.front().wait(lambda: window.all("input[type=password]"), "the sign-in")


class SigningIn(AppCase):
    def test_a_wrong_password_is_asked_for_again_and_not_tried_twice(self):
        for language, labels, words in [("en", ENGLISH, "User name or password is wrong"), ("de", GERMAN, "Benutzername oder Passwort ist falsch")]:
            window = self.fresh(language)
            window.drop(self.key)
            window.sign_in("1003", "wrong", words=labels)
            window.shows(words, "[role=alert]")
            self.assertEqual(window.find("input[name=username]").get_attribute("value"), "1003")
            self.assertEqual(window.find("input[name=password]").get_attribute("value"), "")
        window.sign_in("1003", words=GERMAN)
        window.working("Anrufe", call="Anrufen")

    def test_too_many_wrong_passwords_show_how_long_to_wait(self):
        self.addCleanup(self.installation.configure("failed-logins-per-user = 1000", "failed-logins-per-user = 1"))
        window = self.connected()
        window.sign_in("1004", "wrong")
        window.shows("User name or password is wrong")
        window.sign_in("1004", "wrong, too")
        window.shows("Signing in is paused")
        window.shows("Time left:")
        # What was typed stays, for when it is over.
        self.assertEqual(window.find("input[name=password]").get_attribute("value"), "wrong, too")

    def test_without_a_licence_it_says_whom_to_ask(self):
        self.addCleanup(self.installation.configure("named = *", "named = 1002"))
        for language, labels, words in [("en", ENGLISH, "You have no licence"), ("de", GERMAN, "Sie haben keine Lizenz")]:
            window = self.fresh(language)
            window.drop(self.key)
            window.sign_in("1003", words=labels)
            window.shows(words)

    def test_a_pbx_that_answers_nothing_or_is_switched_off_is_told_apart(self):
        window = self.connected()
        self.installation.pbx_told("misbehave", method="*.login", kind="close", execute=False)
        window.sign_in("1003")
        window.shows("It may be restarting. Try again.")
        self.installation.pbx_told("misbehave/clear")
        window.press("Sign in")  # the password has stayed
        window.working()
        self.addCleanup(self.installation.configure("enabled = yes", "enabled = no"))
        window = self.fresh("en")
        window.drop(self.key)
        window.shows("The connection to the PBX is switched off.")

    def test_another_starface_is_asked_about_first_and_forgets_everything(self):
        window = self.connected()
        window.press("Choose other STARFACE")
        window.shows("Choose another STARFACE?", "dialog")
        window.press("Cancel", "dialog")
        window.shows("STARFACE sign-in")
        window.press("Choose other STARFACE")
        window.press("Remove", "dialog")
        window.shows("Connect to your STARFACE")
        window.reload()
        window.shows("Connect to your STARFACE")
        self.assertEqual(window.field("STARFACE name").get_attribute("value"), "")

    def test_what_is_missing_is_said_at_its_field(self):
        window = self.connected()
        window.press("Sign in")
        window.shows("Enter your user name.")
        window.shows("Enter your password.")
        self.assertEqual(window.focused().get_attribute("name"), "username")

    def test_the_password_can_be_looked_at(self):
        window = self.connected()
        window.type("STARFACE password", "seen")
        window.press("Show password")
        self.assertEqual(window.find("input[name=password]").get_attribute("type"), "text")
        window.press("Hide password")
        self.assertEqual(window.find("input[name=password]").get_attribute("type"), "password")

    def test_signing_out_and_in_as_somebody_else_shows_nothing_of_the_first(self):
        window = self.signed_in()
        self.installation.incoming(name="Only For Anna")
        window.shows("Only For Anna", ".cards")
        window.press_account()
        window.press("Sign out", "[role=menu]")
        window.sign_in("1002")
        window.working()
        window.shows_user("1002")
        self.assertNotIn("Only For Anna", window.text())

    def kept(self, window):
        """Names of what the browser keeps for the page."""
        return window.browser.execute_async_script("""
            const [done] = arguments;
            indexedDB.open("starface-teams").onsuccess = ({ target: { result: database } }) => {
              database.transaction("records").objectStore("records").getAllKeys().onsuccess = ({ target }) => {
                database.close();
                done(target.result.map((key) => key.split("\\n").at(-1).split(" ")[0]));
              };
            };""")

    def test_signing_out_leaves_no_ticket_on_the_device(self):
        self.needs_tickets()
        for remember in [False, True]:
            with self.subTest(remember=remember):
                window = self.fresh("en")
                window.drop(self.key)
                window.sign_in(remember=remember)
                window.working()
                window.wait(lambda: "ticket" in self.kept(window), "the browser keeps a ticket")
                window.press_account()
                window.press("Sign out", "[role=menu]")
                window.shows("STARFACE sign-in")
                window.wait(lambda: "ticket" not in self.kept(window), "it keeps none")
                self.assertIn("system", self.kept(window))
                window.reload()
                window.shows("STARFACE sign-in")
                window.wait(lambda: window.all("input[type=password]"), "the password is asked for")

    def test_while_the_pbx_lets_a_kept_sign_in_wait_it_says_why(self):
        self.needs_tickets()
        window = self.signed_in()
        window.wait(lambda: "ticket" in self.kept(window), "the browser keeps a ticket")
        # The agent knows the user as long as there is a session: it has to ask the PBX.
        self.installation.kill("agent")
        self.installation.start_agent_again()
        self.installation.pbx_told("misbehave", method="*.login", kind="close", execute=False)
        window.reload()
        window.shows("It may be restarting. Try again.", ".message")
        window.shows("Next attempt in", ".message")
        window.button("Sign in")
        self.installation.pbx_told("misbehave/clear")
        window.press_until(lambda: window.all(".dial input"), "Try again")
        window.working()

    def test_who_wants_it_stays_signed_in_in_new_windows(self):
        self.needs_tickets()
        window = self.connected()
        window.sign_in(remember=True)
        window.working()
        other = self.window()
        other.working()
        other.press_account()
        other.press("Sign out", "[role=menu]")
        other.shows("STARFACE sign-in")
        self.window().shows("STARFACE sign-in")


class Installing(AppCase):
    def test_a_window_of_its_own_can_be_installed_and_opens_where_it_was_installed_from(self):
        for at in ["", "info"]:
            window = self.window(at=at)
            window.wait(lambda: window.all("main"), "the page")
            window.wait(lambda: window.cdp("Page.getAppManifest")["url"].endswith("/app/manifest.webmanifest"), "the browser has its manifest")
            found = window.cdp("Page.getAppManifest")
            self.assertEqual(found["errors"], [])
            manifest = found["manifest"]
            self.assertEqual(manifest["startUrl"], self.installation.page)
            self.assertEqual(manifest["scope"], self.installation.page)
            self.assertIn("standalone", manifest["display"].lower())
            self.assertEqual(window.cdp("Page.getInstallabilityErrors")["installabilityErrors"], [])


class InfoPage(AppCase):
    def test_language_and_appearance_change_at_once_and_last(self):
        window = self.window(at="info")
        window.shows_page("Info")
        Select(window.field("Language")).select_by_visible_text("Deutsch")
        window.shows("Weg zur Anlage")
        self.assertEqual(window.run("return document.documentElement.lang"), "de")
        Select(window.find(".choice:nth-of-type(2) select")).select_by_value("dark")
        window.wait(lambda: window.run("return document.documentElement.dataset.theme") == "dark", "dark")
        window.reload()
        window.shows("Weg zur Anlage")
        self.assertEqual(window.run("return document.documentElement.dataset.theme"), "dark")

    def test_the_way_to_the_pbx_is_told_step_by_step(self):
        self.allowed = UNREACHABLE
        window = self.connected()
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        window.wait(lambda: len(window.all("ol.steps li.good")) == 4, "four steps are good, the fifth is the sign-in")
        self.installation.stop("agent")
        window.wait(lambda: len(window.all("ol.steps li.good")) == 2, "connector and key are good")
        window.shows("tunnel.pbx-offline", "ol.steps li.bad")
        self.installation.start_agent_again()
        window.wait(lambda: len(window.all("ol.steps li.good")) == 4, "four steps are good again")

    def test_the_diagnosis_has_no_secrets(self):
        window = self.signed_in()
        window.named("a", "Info", "nav").click()
        window.run("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };")
        window.press("Copy diagnosis")
        window.shows("Copied.")
        copied = window.run("return window.copied")
        self.assertIn(SYSTEM, copied)
        self.assertNotIn(json.loads(self.key)["key"], copied)
        self.assertNotIn("Geheim", copied)

    def test_privacy_terms_and_licences_can_be_read_without_a_sign_in(self):
        self.allowed = "favicon.ico"  # browsers ask for it beside plain texts
        for at in ["privacy", "terms"]:
            window = self.window(at=at)
            window.wait(lambda: len(window.text("article")) > 200, f"the text of {at}")
        self.assertIn("MIT", self.window(at="licences.txt").text())
