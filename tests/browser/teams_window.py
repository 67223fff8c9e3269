"""The app in a tab of Teams, or of another host."""

import uuid

from app_window import AppWindow
from fake_teams import HOST

# What the library asks of Teams on phones, where the page is no frame.
PHONE = """
  window.asked = [];
  window.nativeInterface = {
    framelessPostMessage(text) {
      const { id, uuidAsString, func } = JSON.parse(text);
      window.asked.push(func);
      const answer = (...args) => setTimeout(() => window.onNativeMessage({ data: { id, uuidAsString, args } }));
      const runtime = { apiVersion: 4, isLegacyTeams: false, supports: { pages: {} } };
      if (func === "initialize") answer("content", "android", JSON.stringify(runtime), "2.0.1");
      if (func === "getContext") answer(CONTEXT);
    },
  };
"""


def somebody():
    """A Teams user who was never here."""
    return {"userObjectId": str(uuid.uuid4()), "tid": "0b0c6b5e-0000-4000-8000-000000000001"}


class TeamsWindow(AppWindow):
    """All that AppWindow does happens in the tab."""

    def __init__(self, browser, page, address=f"https://{HOST}/", **how):
        super().__init__(browser, **how)
        self.page = page
        self.open(address)

    def show(self, user, at="", **context):
        """The user goes to the app."""
        self.host("teams.open(arguments[0], arguments[1])", self.page + at,
                  {"locale": "en-us", "theme": "default", "entityId": "main", "appId": "11111111-0000-4000-8000-000000000001", **user, **context})
        return self

    def host(self, script, *arguments):
        """In Teams' own part of the window."""
        self.browser.switch_to.default_content()
        try:
            return self.run(script, *arguments)
        finally:
            frames = self.all("iframe")
            if frames:
                self.browser.switch_to.frame(frames[0])

    def front(self):
        super().front()
        self.host("")
        return self

    def asked(self, what):
        """How often the tab has called that function of Teams."""
        return self.host("return teams.asked.filter((one) => one === arguments[0]).length", what)

    def suspend(self):
        """As Teams does when the user goes to another app: waits until the tab has saved, then hides it."""
        self.host("teams.suspend()")
        self.wait(lambda: self.asked("readyToUnload") > 0, "the tab is ready to be hidden")
        self.host("teams.hide(true); teams.asked = []; teams.handlers = new Set();")

    def resume(self, tab="main"):
        self.host("teams.hide(false); teams.resume(arguments[0], arguments[1])", tab, self.page + ("info" if tab == "info" else ""))
