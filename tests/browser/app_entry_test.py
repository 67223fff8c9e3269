"""From the empty page to the work screen: key file, key, sign-in, and all that may be wrong with them."""

from app_case import AppCase


class Entry(AppCase):
    def test_a_dropped_key_file_and_a_sign_in_lead_to_the_work_screen(self):
        window = self.window()
        window.shows("Connect to your STARFACE")
        self.assertTrue(window.drop(self.key))
        window.shows("STARFACE sign-in")
        window.shows("PBX pbx.example.com can be reached")
        window.sign_in()
        window.working()
        window.shows("1001", "header")
