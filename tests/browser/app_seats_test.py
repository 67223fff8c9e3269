"""Floating licences, as their administrators see them in the settings: who has one, and how it is withdrawn."""

import json

from app_case import AppCase

SEATS = "[role=tabpanel] .setting:last-child"

# Before the page's own scripts: what the page decodes of the agent's list has other holders in it. So many do not sign in for a
# test; and an administrator, who needs no licence, holds one in a list only that is older than the configuration.
OTHERS = """
  const decode = TextDecoder.prototype.decode;
  TextDecoder.prototype.decode = function (...given) {
    const holders = JSON.stringify(HOLDERS.map((user) => ({ user, sessions: 1 })));
    return decode.apply(this, given).replace(/"holders"\\s*:\\s*\\[[^\\]]*\\]/, () => `"holders":${holders}`);
  };
"""


class Seats(AppCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.installation.configure("named = *", "named = 1003"))
        self.installation.file("seats.license").write_text(self.installation.license())
        added = self.installation.agent("license", "add", self.installation.file("seats.license"))
        self.assertEqual(added.returncode, 0, added.stderr)
        self.addCleanup(self.without_licences)

    def without_licences(self):
        for one in json.loads(self.installation.agent("license", "list", "--json").stdout)["licenses"]:
            self.installation.agent("license", "remove", one["id"])

    def both(self):
        """Anna is an administrator, and needs no licence; Ben has one."""
        ben = self.connected()
        ben.sign_in("1002")
        ben.working()
        anna = self.window()
        anna.sign_in("1001")
        anna.working()
        anna.press_tab("Settings")
        anna.shows("1 of 2 licences are in use", SEATS)
        return anna, ben

    def test_a_licence_is_withdrawn_after_a_question_and_is_free_at_once(self):
        anna, ben = self.both()
        anna.press("Withdraw licence of 1002", SEATS)
        anna.shows("is signed out at once on all devices.", "dialog")
        anna.press("Cancel", "dialog")
        anna.shows("1 of 2 licences are in use", SEATS)
        anna.press("Withdraw licence of 1002", SEATS)
        anna.press("Withdraw", "dialog")
        anna.shows("0 of 2 licences are in use", SEATS)
        ben.front().wait(lambda: ben.all("input[type=password]"), "Ben has to sign in again")
        ben.sign_in("1004")
        ben.working()
        anna.front().press("Refresh licences", SEATS)
        anna.shows("1 of 2 licences are in use", SEATS)
        anna.button("Withdraw licence of 1004", SEATS)

    def test_who_is_no_administrator_sees_nothing_of_it(self):
        _, ben = self.both()
        ben.front().press_tab("Settings")
        ben.wait(lambda: ben.named("input", "Sales"), "the groups")
        self.assertNotIn("Licences", ben.text("[role=tabpanel]"))

    def test_without_a_free_licence_it_says_so_and_works_once_one_is_free(self):
        anna, _ = self.both()
        second = self.window()
        second.sign_in("1004")
        second.working()
        third = self.window()
        third.sign_in("1005")
        third.shows("licence", "[role=alert]")
        anna.front().press("Refresh licences", SEATS)
        anna.shows("2 of 2 licences are in use", SEATS)
        anna.press("Withdraw licence of 1004", SEATS)
        anna.press("Withdraw", "dialog")
        anna.shows("1 of 2 licences are in use", SEATS)
        third.front().press("Try again")
        third.working()
        second.front().wait(lambda: second.all("input[type=password]"), "the one whose licence was withdrawn is signed out")

    def with_holders(self, *users):
        """Anna, to whom the agent names these."""
        window = self.signed_in("1001", scripts=[OTHERS.replace("HOLDERS", json.dumps(users))])
        window.press_tab("Settings")
        window.wait(lambda: self.holders(window) == list(users), "all holders")
        return window

    def holders(self, window):
        return window.run("return [...document.querySelectorAll('.holder .title bdi')].map((one) => one.innerText)")

    def test_among_many_holders_one_is_searched(self):
        names = [f"Müller {number}" for number in range(12)] + ["o'neill", "<b>bold</b>"]
        window = self.with_holders(*names)
        for words, found in [("muller 11", ["Müller 11"]), ("NEILL", ["o'neill"]), ("<b", ["<b>bold</b>"]), ("nobody", [])]:
            window.type("Search users", words)
            window.wait(lambda: self.holders(window) == found, f"those with “{words}”")
        window.shows("Nobody found for", SEATS)
        window.type("Search users", "müller 1")
        window.wait(lambda: len(self.holders(window)) == 3, "1, 10 and 11")
        # The agent knows no such holder: the row goes, and comes back.
        window.press("Withdraw licence of Müller 10", SEATS)
        window.press("Withdraw", "dialog")
        window.shows("holds no licence any more", SEATS)
        window.wait(lambda: self.holders(window) == ["Müller 1", "Müller 10", "Müller 11"], "it is there again")
        window.type("Search users", "")
        window.wait(lambda: self.holders(window) == names, "all again")

    def test_few_holders_need_no_search(self):
        window = self.with_holders(*[f"user {number}" for number in range(10)])
        self.assertIsNone(window.named("input", "Search users"))

    def test_who_withdraws_the_own_licence_is_warned(self):
        window = self.with_holders("1001", "1002")
        window.shows("1001 (you)", SEATS)
        window.press("Withdraw licence of 1001", SEATS)
        window.shows("This is your own licence: you are signed out at once.", "dialog")
        window.press("Cancel", "dialog")
        window.press("Withdraw licence of 1001", SEATS)
        window.press("Withdraw", "dialog")
        window.shows("Withdraw licence of 1001: not changed.", SEATS)
        window.shows("holds no licence any more", SEATS)
        # The others' question is another one.
        window.press("Withdraw licence of 1002", SEATS)
        window.shows("is signed out at once on all devices.", "dialog")
