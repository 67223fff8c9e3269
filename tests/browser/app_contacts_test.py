"""Contacts of the PBX's address book: found while one types, and on calls that come without a name.

The entries are those of simulator/address_book_entries.cpp, their numbers those of simulator/address_book.cpp.
"""

from selenium.webdriver.common.keys import Keys

from app_cards_test import CallCase
from installation import until

DIAL = "Name or number"
# Of three kinds, in three spellings.
OZTURK = [["Björn Öztürk", "Office", "04066969003", "Öztürk & Söhne Fensterbau"],
          ["Björn Öztürk", "Mobile", "+49 2214710003", "Öztürk & Söhne Fensterbau"],
          ["Björn Öztürk", "Private", "+49 3023125003", "Öztürk & Söhne Fensterbau"]]


class ContactCase(CallCase):
    def options(self, window, inside=".dial"):
        """What each of them shows: the name, then the kind where there is one, the number, and the company."""
        return window.run("""return [...document.querySelectorAll(`${arguments[0]} [role=option]`)].map((one) =>
            [...one.querySelectorAll(".words > bdi, .hint > *")].map((part) => part.title || part.innerText))""", inside)

    def finds(self, window, words, options, label=DIAL, inside=".dial"):
        window.type(label, words)
        window.wait(lambda: self.options(window, inside) == options, f"“{words}” finds {options}, not {self.options(window, inside)}")


class Contacts(ContactCase):
    def test_one_of_a_contacts_numbers_is_chosen_by_keyboard_and_called(self):
        window = self.signed_in()
        self.finds(window, "öztürk", OZTURK)
        window.shows("3 matching contacts", ".dial [role=status]")
        window.focused().send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        chosen = window.find(".dial [role=option][aria-selected=true]")
        self.assertEqual(window.focused().get_attribute("aria-activedescendant"), chosen.get_attribute("id"))
        window.focused().send_keys(Keys.ENTER)
        window.wait(lambda: window.field(DIAL).get_attribute("value") == "+49 2214710003", "his mobile number is in the field")
        self.assertEqual(self.installation.placed(), 0)
        window.focused().send_keys(Keys.ENTER)
        until(lambda: [one["calledNumber"] for one in self.installation.calls("1001")] == ["00492214710003"], "he is called")

    def test_a_fax_is_not_offered_and_companies_are(self):
        window = self.signed_in()
        self.finds(window, "lefèvre", [["René Lefèvre", "Office", "04066969008", "Lefèvre Vins"]])
        window.type(DIAL, "taxizen")
        window.wait(lambda: {one[0] for one in self.options(window)} == {"Taxizentrale"}, "the company")

    def test_a_contact_is_found_by_the_number(self):
        window = self.signed_in()
        window.type(DIAL, "4710003")
        window.wait(lambda: OZTURK[1] in self.options(window), "whose it is")

    def test_markup_and_turned_text_are_text(self):
        window = self.signed_in()
        window.type(DIAL, "fett")
        window.wait(lambda: any(one[0] == "<b>Fett</b> <script>alert(1)</script>" for one in self.options(window)), "the name as it is written")
        self.assertEqual(window.all(".suggestions b, .suggestions script, .suggestions img"), [])
        window.type(DIAL, "כהן")
        window.wait(lambda: any(one[0] == "דוד כהן" for one in self.options(window)), "a name from right to left")

    def test_contacts_stand_below_colleagues(self):
        window = self.signed_in()
        window.type(DIAL, "an")
        window.wait(lambda: len(self.options(window)) > 6, "colleagues and contacts")
        options = self.options(window)
        colleagues = [one[0] for one in options if one[1:] and len(one[1]) == 4 and one[1].isdigit()]
        self.assertEqual([one[0] for one in options[:len(colleagues)]], colleagues)

    def test_a_call_is_transferred_to_a_contact(self):
        window = self.signed_in()
        self.talk(window)
        window.press_until(lambda: window.named("input", "Transfer to"), "Transfer", ".cards")
        self.finds(window, "öztürk", OZTURK, "Transfer to", ".transfer")
        window.find(".transfer [role=option]").click()
        window.wait(lambda: window.field("Transfer to").get_attribute("value") == "04066969003", "the number")
        window.press("Transfer", ".transfer")
        until(lambda: "04066969003" in "".join(self.installation.asked("call.forward")), "the PBX is asked for it")

    def test_a_call_without_a_name_gets_that_of_the_contact_also_in_the_journal(self):
        window = self.signed_in()
        # As the telephone network writes it; the address book has +49 (30) 23125 003.
        call = self.installation.incoming(caller="004930" "23125003", name="")
        window.shows("Björn Öztürk", ".cards")
        self.installation.hang_up(call)
        window.wait(lambda: not window.all(".cards .card"), "it is over")
        window.shows("Björn Öztürk", ".journal .entry")

    def test_a_number_that_nobody_has_stays_a_number(self):
        window = self.signed_in()
        self.installation.incoming(caller="0493023125", name="")
        window.shows("0493023125", ".cards .card h3")

    def test_the_header_has_the_users_own_name(self):
        window = self.signed_in("1002")
        window.shows("Ben Brandt", "header .account")


class WithoutContacts(ContactCase):
    def test_an_agent_that_does_not_offer_them_shows_nothing_of_it(self):
        self.addCleanup(self.installation.configure("[license]", "[rest]\nenabled = no\n\n[license]"))
        window = self.signed_in()
        self.finds(window, "conrad", [["Carla Conrad", "1003"]])
        self.finds(window, "öztürk", [])
        window.wait(lambda: not window.all(".dial .spinner"), "nothing is awaited")
        self.assertEqual(self.options(window), [])
        self.assertEqual(window.all(".message.error, .message.warning"), [])
        window.shows("1001", "header .account")
