"""The journal: filters, search, loading on while one scrolls, and what a row's menu does."""

from app_case import AppCase
from installation import until

PANEL = "[role=tabpanel]"


class Journal(AppCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.installation.pbx_told, "switches", **{"past-calls": 0})

    def calls_there_were(self):
        """One missed, one answered, one outgoing."""
        self.installation.incoming(name="Mia Missed", caller="072155511")
        self.installation.hang_up_all()
        self.installation.answer(self.installation.incoming(name="Alex Answered", caller="072155522"))
        self.installation.hang_up_all()

    def rows(self, window):
        return window.run("return [...document.querySelectorAll('[role=tabpanel] .entry .title')].map((one) => one.innerText.trim())")

    def shows_rows(self, window, *names):
        window.wait(lambda: self.rows(window) == list(names), f"the rows {names}")

    def menu(self, window, name, item):
        window.press(f"More for {name}", PANEL)
        window.press_item(item, PANEL)

    def test_each_filter_shows_its_calls(self):
        self.calls_there_were()
        window = self.signed_in()
        window.type("Name or number", "1002")
        window.press("Call", ".dial")
        window.shows("Ringing …", ".cards")
        self.installation.hang_up_all()
        self.shows_rows(window, "Ben Brandt", "Alex Answered", "Mia Missed")
        for name, rows in [("Missed", ["Mia Missed"]), ("Incoming", ["Alex Answered", "Mia Missed"]), ("Outgoing", ["Ben Brandt"]),
                           ("All", ["Ben Brandt", "Alex Answered", "Mia Missed"])]:
            with self.subTest(name):
                window.press(name, ".pills")
                self.shows_rows(window, *rows)
                self.assertEqual(window.button(name, ".pills").get_attribute("aria-pressed"), "true")

    def test_a_missed_call_is_counted_until_it_has_been_looked_at(self):
        window = self.signed_in()
        self.installation.incoming(name="Mia Missed")
        self.installation.hang_up_all()
        window.wait(lambda: window.text("[role=tab] .badge").strip().startswith("1"), "the tab counts it")
        window.wait(lambda: window.run("return document.title").startswith("(1)"), "so does the title")
        window.find(".pills button:nth-of-type(2)").click()
        self.shows_rows(window, "Mia Missed")
        window.wait(lambda: not window.all(".badge"), "it has been seen")
        window.wait(lambda: window.run("return document.title") == "STARFACE", "in the title, too")
        window.reload()
        window.working()
        self.shows_rows(window, "Mia Missed")
        self.assertEqual(window.all(".badge"), [])

    def test_a_search_finds_names_and_numbers_and_is_cleared(self):
        self.calls_there_were()
        window = self.signed_in()
        self.shows_rows(window, "Alex Answered", "Mia Missed")
        for words, rows in [("mia", ["Mia Missed"]), ("0721 555-22", ["Alex Answered"]), ("nobody", [])]:
            window.type("Search the journal", words)
            self.shows_rows(window, *rows)
        window.shows("No calls found", PANEL)
        window.press("Clear search", PANEL)
        self.shows_rows(window, "Alex Answered", "Mia Missed")
        self.assertEqual(window.field("Search the journal").get_attribute("value"), "")

    def entries(self, window):
        """How many the page has loaded; rows that are far away are not drawn."""
        return window.run("""
            return [...document.querySelectorAll('.journal .chunk')].reduce((sum, one) =>
              sum + (one.querySelectorAll('.entry').length || Math.round(parseFloat(one.style.minHeight || '0') / 56)), 0);""")

    def to_the_end(self, window):
        window.run("document.querySelector('.journal .foot').scrollIntoView({ block: 'end' })")

    def test_thousands_of_calls_are_loaded_on_while_one_scrolls(self):
        self.installation.pbx_told("switches", **{"past-calls": 2000})
        window = self.signed_in()
        window.wait(lambda: "Made-up caller" in window.text(PANEL), "the first page")
        window.shows("Yesterday", PANEL)
        asked = len(self.installation.asked("callList.getCallList", "1001"))

        def offsets():
            return [int(one.split(", ")[-2]) for one in self.installation.asked("callList.getCallList", "1001")[asked:]]

        def further():
            self.to_the_end(window)
            return max(offsets(), default=0) >= 500

        window.wait(further, "five hundred are loaded")
        # Each page once, one after the other.
        pages = offsets()
        self.assertEqual(pages, sorted(set(pages)))
        # Those far away are not drawn.
        self.assertLess(len(window.all(".journal .entry")), 250)

    def test_older_calls_are_loaded_and_searched_by_their_button(self):
        self.installation.pbx_told("switches", **{"past-calls": 2000})
        window = self.signed_in()
        window.wait(lambda: "Made-up caller" in window.text(PANEL), "the first page")
        before = self.entries(window)
        # Not as a pointer does it: it would scroll there, and that alone loads more.
        window.run("arguments[0].click()", window.button("Load older calls", PANEL))
        window.wait(lambda: self.entries(window) >= before + 50, "fifty more")
        window.type("Search the journal", "PBX 999")
        window.shows("No calls found", PANEL)
        window.shows("calls searched", PANEL)
        searched = lambda: int(window.text(".journal .foot .hint").split()[0])
        before = searched()
        window.press("Search older calls", PANEL)
        window.wait(lambda: searched() > before, "more have been searched")

    def test_what_could_not_be_loaded_is_tried_again(self):
        self.calls_there_were()
        window = self.signed_in()
        self.shows_rows(window, "Alex Answered", "Mia Missed")
        self.installation.pbx_told("misbehave", method="*.getCallList", kind="http-500", execute=False)
        window.press("Incoming", ".pills")
        window.shows("The journal could not be loaded.", PANEL)
        self.installation.pbx_told("misbehave/clear")
        window.press("Try again", PANEL)
        self.shows_rows(window, "Alex Answered", "Mia Missed")

    def test_an_entry_is_deleted_after_a_question(self):
        self.calls_there_were()
        window = self.signed_in()
        self.menu(window, "Mia Missed", "Delete")
        window.shows("Delete this entry?", "dialog")
        window.press("Cancel", "dialog")
        self.shows_rows(window, "Alex Answered", "Mia Missed")
        self.assertEqual(self.installation.asked("callList.deleteCallListEntry"), [])
        self.menu(window, "Mia Missed", "Delete")
        window.press("Delete", "dialog")
        self.shows_rows(window, "Alex Answered")
        window.shows("Entry deleted", PANEL)
        window.reload()
        window.working()
        self.shows_rows(window, "Alex Answered")

    def test_a_deletion_that_is_refused_says_so_and_the_entry_stays(self):
        self.calls_there_were()
        window = self.signed_in()
        self.installation.pbx_told("misbehave", method="*.deleteCallListEntry", kind="http-500", execute=False)
        self.menu(window, "Mia Missed", "Delete")
        window.press("Delete", "dialog")
        window.wait(lambda: window.all("dialog .message.error"), "why not")
        self.installation.pbx_told("misbehave/clear")
        window.press("Cancel", "dialog")
        self.shows_rows(window, "Alex Answered", "Mia Missed")

    def test_a_number_is_edited_before_it_is_called_or_copied(self):
        self.calls_there_were()
        window = self.signed_in()
        self.menu(window, "Mia Missed", "Edit the number before calling")
        field = window.field("Name or number")
        window.wait(lambda: field.get_attribute("value").replace(" ", "") == "072155511", "the number is in the field")
        self.assertEqual(window.focused(), field)
        self.assertEqual(self.installation.placed(), 0)
        window.run("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };")
        self.menu(window, "Mia Missed", "Copy number")
        window.shows("Number copied", PANEL)
        self.assertEqual(window.run("return window.copied").replace(" ", ""), "072155511")

    def test_who_was_missed_is_called_back_and_marked(self):
        self.calls_there_were()
        window = self.signed_in()
        window.press("Call Mia Missed", PANEL)
        window.wait(lambda: window.all(".cards .card"), "the call")
        until(lambda: [one["calledNumber"] for one in self.installation.calls("1001")] == ["072155511"], "her number is called")
        self.installation.hang_up_all()
        window.shows("called back", PANEL)
        self.assertEqual(len(self.installation.asked("callList.placeCallbackCallWithPhone")), 1)
