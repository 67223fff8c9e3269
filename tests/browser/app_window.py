"""A window with the Teams app, and what a user does in it."""

import base64
import pathlib

from selenium.webdriver.common.keys import Keys

from app_installation import PASSWORD, USERS
from browser import Page, set_media, set_size

WATCH = pathlib.Path(__file__).with_name("watch_page.js").read_text()

# Finds by what a user reads or hears: [kind of elements, their name, of which section].
FIND = r"""
const [selector, name, inside] = arguments;
const nameOf = (one) => (one.getAttribute("aria-label")
  ?? [...(one.labels ?? [])].map((label) => label.innerText).join(" ")).replace(/[\u2066-\u2069]/g, "").trim() || one.innerText.trim();
const root = inside === null ? document : document.querySelector(inside);
return [...(root?.querySelectorAll(selector) ?? [])].find((one) => one.checkVisibility() && nameOf(one) === name) ?? null;
"""


class AppWindow(Page):
    """The window may be that of a test's page which has the app in a frame; see `frame`."""

    def __init__(self, browser, language="en", width=1200, scripts=()):
        browser.switch_to.new_window("window")
        super().__init__(browser)
        self.handle = browser.current_window_handle
        self.cdp("Emulation.setUserAgentOverride", userAgent=self.run("return navigator.userAgent"), acceptLanguage=language)
        for script in [WATCH, *scripts]:
            self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.look(width=width)

    def cdp(self, command, **arguments):
        return self.browser.execute_cdp_cmd(command, arguments)

    def look(self, width=1200, height=900, scheme="light", forced="none"):
        set_size(self.browser, width, height)
        set_media(self.browser, prefers_color_scheme=scheme, forced_colors=forced, prefers_reduced_motion="reduce")

    def front(self):
        """Goes on in this one of several windows."""
        self.browser.switch_to.window(self.handle)
        return self

    def open(self, address):
        self.browser.get(address)
        return self

    def reload(self):
        self.browser.refresh()

    # --- finding ---

    def named(self, selector, name, inside=None):
        return self.run(FIND, selector, name, inside)

    def button(self, name, inside=None):
        def found():
            button = self.named("button, a.button", name, inside)
            return button if button and button.get_attribute("aria-disabled") != "true" else None
        self.wait(found, f"a button “{name}” that can be pressed")
        return found()

    def press(self, name, inside=None):
        self.wait(lambda: self.button(name, inside).click() is None, f"“{name}” is pressed")

    def press_tab(self, name):
        self.wait(lambda: self.named("[role=tab]", name).click() is None, f"the tab “{name}” is pressed")
        self.wait(lambda: self.named("[role=tab][aria-selected=true]", name), f"the tab “{name}” is shown")

    def press_item(self, name, inside=None):
        """Of a menu that is open."""
        self.wait(lambda: self.named("[role^=menuitem]", name, inside).click() is None, f"“{name}” is chosen")

    def press_until(self, condition, name, inside=None):
        """Again and again: a card that has just come takes no clicks, for they may be meant for another one."""
        def done():
            if condition():
                return True
            button = self.named("button", name, inside)
            if button and button.get_attribute("aria-disabled") != "true":
                button.click()
            return False
        self.wait(done, f"“{name}” has done its work")

    def field(self, label):
        self.wait(lambda: self.named("input, select, textarea", label), f"a field “{label}”")
        return self.named("input, select, textarea", label)

    def type(self, label, text):
        field = self.field(label)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text or Keys.DELETE)

    def lacks(self, words, selector="body"):
        self.wait(lambda: words not in self.text(selector), f"{selector} no longer shows “{words}”")

    def heading(self):
        """Of the page that is shown; another one may be there, hidden."""
        return self.run("return [...document.querySelectorAll('h1')].find((one) => one.checkVisibility())?.innerText ?? ''")

    def shows_page(self, heading):
        self.wait(lambda: self.heading() == heading, f"the page “{heading}”")

    # --- connecting and signing in ---

    def drop(self, contents, name="pbx.key", count=1, onto="section.card"):
        """As if a file came from the desktop."""
        self.wait(lambda: self.all(onto), f"{onto}, to drop onto")
        return self.run("""
            const [contents, name, count, onto] = arguments;
            const bytes = Uint8Array.from(atob(contents), (letter) => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            for (let one = 0; one < count; ++one) dataTransfer.items.add(new File([bytes], name));
            const send = (type) => document.querySelector(onto).dispatchEvent(
              new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
            send("dragenter");
            send("dragover");
            return !send("drop");""", base64.b64encode(contents).decode(), name, count, onto)

    def choose(self, file):
        self.wait(lambda: self.all("input[type=file]"), "a place for a file")
        self.find("input[type=file]").send_keys(str(file))

    def sign_in(self, user="1001", password=PASSWORD, words=("STARFACE user name", "STARFACE password", "Sign in"), remember=False):
        user_field, password_field, button = words
        self.type(user_field, user)
        self.type(password_field, password)
        if remember:
            self.named("input", "Save password locally").click()
        self.press(button)

    def working(self, heading="Calls", call="Call"):
        """The screen that everything before was for."""
        self.wait(lambda: self.heading() == heading and self.all(".dial input"), "the work screen")
        self.button(call, ".dial")

    def shows_user(self, number):
        """Who is signed in: the name as soon as the PBX has given it, where it gives one."""
        self.wait(lambda: any(words in self.text("header .account") for words in [number, USERS[number]]), f"the header shows {number}")

    def press_account(self):
        self.click(".account > button")

    # --- what nobody sees ---

    def violations(self):
        return self.run("return window.seen?.violations ?? []")
