"""How every screen looks: no findings of axe in any theme, language and width; forced colours; pictures for the manuals."""

import pathlib

from selenium.webdriver.common.keys import Keys

from app_case import AppCase

AXE = pathlib.Path(__file__).resolve().parents[2] / "app/node_modules/axe-core/axe.min.js"
THEMES = ["light", "dark", "contrast"]
WIDTHS = [1200, 700, 320]

# A theme changes colours only: the other rules need no second look.
# Nothing may change its colour slowly while it is being judged.
JUDGE = """
const [all, done] = arguments;
const still = new CSSStyleSheet();
still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
document.adoptedStyleSheets = [still];
const look = async () => {
  await new Promise(requestAnimationFrame);
  const only = all ? {} : { runOnly: ["color-contrast"] };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html + " " + (node.any[0]?.message ?? "")).join(" | "));
};
look().then(done, (error) => done([String(error)]));
"""

# By what a user sees, in both languages, so that one walk serves both.
GERMAN = {"Calls": "Anrufe", "Call": "Anrufen", "Settings": "Einstellungen", "Colleagues": "Kollegen", "Sign in": "Anmelden",
          "Choose other STARFACE": "Andere STARFACE wählen", "Cancel": "Abbrechen", "STARFACE user name": "STARFACE Benutzername",
          "STARFACE password": "STARFACE Passwort", "Transfer": "Weiterleiten", "Not now": "Nicht jetzt"}


class Look(AppCase):
    def words(self, text):
        return GERMAN.get(text, text) if self.language == "de" else text

    def prepare(self, language):
        self.language = language
        return self.fresh(language)

    def judge(self, window, screen):
        """In three themes and three widths."""
        window.run("if (window.axe === undefined) { " + AXE.read_text() + " }")
        findings = []
        for width in WIDTHS:
            window.look(width=width)
            for theme in THEMES:
                # As Info's choice does it, without leaving the screen.
                window.run("document.documentElement.dataset.theme = arguments[0]", theme)
                found = window.browser.execute_async_script(JUDGE, theme == THEMES[0])
                findings += [f"{screen}, {self.language}, {theme}, {width}: {one}" for one in found]
                wide = window.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 0:
                    findings.append(f"{screen}, {self.language}, {width}: {wide} pixels too wide")
        window.look()
        return findings

    def entry(self, language):
        window = self.prepare(language)
        window.wait(lambda: window.all("section.card"), "connect")
        findings = self.judge(window, "connect")
        window.drop(b"{}")
        window.wait(lambda: window.all(".message.error"), "a message")
        findings += self.judge(window, "connect with a wrong file")
        window.drop(self.key)
        window.wait(lambda: window.all("input[type=password]"), "the sign-in")
        findings += self.judge(window, "sign-in")
        window.press(self.words("Choose other STARFACE"))
        window.wait(lambda: window.all("dialog[open]"), "the question")
        findings += self.judge(window, "the question about another STARFACE")
        window.press(self.words("Cancel"), "dialog")
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        findings += self.judge(window, "info")
        self.assertEqual(findings, [])

    def test_the_steps_before_the_work_in_english(self):
        self.entry("en")

    def test_the_steps_before_the_work_in_german(self):
        self.entry("de")

    def work(self, language):
        window = self.prepare(language)
        self.at_work(window)
        findings = self.judge(window, "work without calls")
        call = self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        self.installation.answer(call)
        window.find(".dial input").send_keys("1003")
        window.press(self.words("Call"), ".dial")
        window.wait(lambda: len(window.all(".cards .card")) == 2, "two calls")
        self.installation.incoming(name="Yves Young", caller="08912345")
        window.wait(lambda: len(window.all(".cards .card")) == 3, "three calls")
        findings += self.judge(window, "work with calls")
        window.press_until(lambda: window.all(".cards input"), self.words("Transfer"), ".cards")
        findings += self.judge(window, "transfer")
        for tab in ["Voicemail", "Settings"]:
            window.named("[role=tab]", self.words(tab)).click()
            window.wait(lambda: len(window.text("[role=tabpanel]")) > 20, tab)
            findings += self.judge(window, tab)
        window.find(".presence button").click()
        window.wait(lambda: window.all(".presence input"), "the own state")
        findings += self.judge(window, "own state")
        self.assertEqual(findings, [])

    def at_work(self, window):
        window.drop(self.key)
        window.sign_in(words=tuple(map(self.words, ["STARFACE user name", "STARFACE password", "Sign in"])))
        window.working(self.words("Calls"), self.words("Call"))

    def test_the_work_in_english(self):
        self.work("en")

    def test_the_work_in_german(self):
        self.work("de")

    def test_with_forced_colours_everything_can_be_told_apart(self):
        window = self.prepare("en")
        window.look(forced="active")
        self.at_work(window)
        self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        self.assertTrue(window.run("return matchMedia('(forced-colors: active)').matches"))
        invisible = window.run("""
            const seen = (one) => { const style = getComputedStyle(one); return style.borderTopWidth !== "0px" && style.borderTopStyle !== "none"
              || style.outlineStyle !== "none" || one.innerText.trim() !== "" || one.querySelector("svg") !== null; };
            return [...document.querySelectorAll("button, input, a, [role=tab]")].filter((one) => one.checkVisibility() && !seen(one))
              .map((one) => one.outerHTML);""")
        # Where an input draws no border, its box does.
        self.assertEqual([one for one in invisible if not one.startswith("<input")], [])
        window.find(".dial input").click()
        outline = window.run("const box = document.querySelector('.dial .box'); return [getComputedStyle(document.activeElement).outlineStyle,"
                             " getComputedStyle(box).outlineStyle, getComputedStyle(box).borderBottomWidth]")
        self.assertTrue(outline[0] != "none" or outline[1] != "none" or outline[2] != "0px", outline)

    def test_with_forced_colours_a_dialog_has_an_edge_and_what_is_chosen_can_be_read(self):
        window = self.prepare("en")
        window.look(forced="active")
        self.at_work(window)
        system = lambda name: window.run("const probe = document.body.appendChild(document.createElement('i'));"
                                         "probe.style.cssText = `forced-color-adjust: none; color: ${arguments[0]}`;"
                                         "const { color } = getComputedStyle(probe); probe.remove(); return color", name)
        window.find(".dial input").send_keys("1", Keys.ARROW_DOWN)
        window.wait(lambda: window.all(".dial [aria-selected=true]"), "a chosen contact")
        colours = window.run("return [...document.querySelectorAll('.dial [aria-selected=true] *')].map((one) => getComputedStyle(one).color)")
        self.assertEqual(set(colours), {system("HighlightText")})
        window.press_tab("Settings")
        window.press("Change destination: Always", "[role=tabpanel]")
        window.wait(lambda: window.all("dialog[open]"), "the dialog")
        self.assertNotEqual(window.run("return getComputedStyle(document.querySelector('dialog')).borderTopWidth"), "0px")
        line = "return getComputedStyle(document.querySelector('[role=tab][aria-selected=true]'), '::after').backgroundColor"
        self.assertEqual(window.run(line), system("Highlight"))

    def test_at_320_pixels_no_tab_and_no_filter_is_cut(self):
        window = self.prepare("de")
        window.look(width=320)
        self.at_work(window)
        self.installation.incoming()
        self.installation.hang_up_all()
        window.wait(lambda: window.all(".tabs .badge"), "the widest tabs: one has a number")
        cut = window.run("""
            return [...document.querySelectorAll(".tabs [role=tab], .pill")].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.left < 0 || box.right > 320 || one.scrollWidth > one.clientWidth + 1 || box.height > 44;
            }).map((one) => one.innerText);""")
        self.assertEqual(cut, [])

    def test_in_a_narrow_header_nothing_is_squeezed_while_a_phone_rings_elsewhere(self):
        window = self.prepare("de")
        self.at_work(window)
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        self.installation.incoming()
        window.wait(lambda: window.all(".top .calling"), "the way to the call")
        for width in [320, 360, 479, 480, 559, 560, 719, 720, 900]:
            window.look(width=width)
            squeezed = window.run("""
                const parts = [...document.querySelectorAll(".top a, .top button")].filter((one) => one.checkVisibility());
                return parts.filter((one, at) => {
                  const box = one.getBoundingClientRect();
                  const next = parts[at + 1]?.getBoundingClientRect();
                  const inner = [...one.querySelectorAll("svg, img, .lamp")].map((part) => part.getBoundingClientRect());
                  return box.right > innerWidth || (next !== undefined && next.left < box.right)
                    || inner.some((part) => part.left < box.left || part.right > box.right);
                }).map((one) => one.outerHTML);""")
            self.assertEqual(squeezed, [], width)

    # --- pictures: docs/screens.md shows them ---

    def picture(self, screen):
        window, suffix, theme = self.window_of_pictures, self.suffix, self.theme
        window.run("document.documentElement.dataset.theme = arguments[0]; document.activeElement?.blur()", theme)
        window.cdp("Input.dispatchMouseEvent", type="mouseMoved", x=0, y=0)
        file = self.screenshots / f"app-{screen}-{suffix}.png"
        window.browser.save_screenshot(str(file))
        self.assertLess(file.stat().st_size, 100_000, file.name)

    def test_screenshots(self):
        if self.screenshots is None:
            self.skipTest("--screenshots DIRECTORY was not given")
        wide, narrow = {"width": 1040, "height": 680}, {"width": 360, "height": 760}
        looks = [("en", "light", wide, "en"), ("de", "light", wide, "de"), ("de", "dark", narrow, "de-dark-narrow"), ("en", "contrast", wide, "en-contrast")]
        for language, self.theme, size, self.suffix in looks:
            window = self.window_of_pictures = self.prepare(language)
            window.look(**size)
            self.pictures_before_the_work(window)
            self.pictures_of_the_work(window)
            self.installation.begin_anew()

    def pictures_before_the_work(self, window):
        window.wait(lambda: window.all("section.card"), "connect")
        self.picture("connect")
        window.drop(b"{}")
        window.wait(lambda: window.all(".message.error"), "a message")
        self.picture("connect-wrong-file")
        window.drop(self.key)
        window.wait(lambda: window.all("input[type=password]"), "the sign-in")
        self.picture("sign-in")

    def pictures_of_the_work(self, window):
        self.at_work_with_calls(window)
        self.picture("work")
        window.press_until(lambda: window.all(".cards input"), self.words("Transfer"), ".cards")
        self.picture("transfer")
        window.press(self.words("Cancel"), ".cards")
        for tab, name in [("Voicemail", "voicemail"), ("Settings", "settings")]:
            window.named("[role=tab]", self.words(tab)).click()
            window.wait(lambda: len(window.text("[role=tabpanel]")) > 20, tab)
            self.picture(name)
        window.find(".presence button").click()
        window.wait(lambda: window.all(".presence input"), "the own state")
        self.picture("own-state")
        window.find(".presence input").send_keys(Keys.ESCAPE)
        window.named("a", "Info", "nav").click()
        window.shows_page("Info")
        self.picture("info")

    def at_work_with_calls(self, window):
        window.sign_in(words=tuple(map(self.words, ["STARFACE user name", "STARFACE password", "Sign in"])))
        window.working(self.words("Calls"), self.words("Call"))
        window.press(self.words("Not now"))
        for name, number, answered in [("Yves Young", "08912345678", False), ("Carla Conrad", "1003", True), ("Xenia Xander", "0404711", True)]:
            call = self.installation.incoming(name=name, caller=number)
            if answered:
                self.installation.answer(call)
            self.installation.hang_up(call)
            window.shows(name, "[role=tabpanel]")
        call = self.installation.incoming(name="Ben Brandt", caller="1002")
        self.installation.answer(call)
        self.installation.incoming()
        window.wait(lambda: len(window.all(".cards .card")) == 2, "two calls")
