"""Floating licences, as their administrators see them in the settings: who has one, and how it is withdrawn."""

import json

from app_case import AppCase

SEATS = "[role=tabpanel] .setting:last-child"


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
