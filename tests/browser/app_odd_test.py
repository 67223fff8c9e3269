"""What no PBX should send: markup, other directions of writing or nothing where something is due."""

from app_case import AppCase

MARKUP = "<img src=x onerror=window.hacked=1><b>Bold</b>"
ARABIC = "\u202eمحمد\u202c & Söhne"


class Odd(AppCase):
    def test_names_are_text_whatever_is_in_them(self):
        window = self.signed_in()
        for name, caller in [(MARKUP, "1"), (ARABIC, "2"), ("x" * 5_000, "3"), ("", "4")]:
            call = self.installation.incoming(name=name, caller=caller)
            window.wait(lambda: window.all(".cards .card"), "the card")
            if name in (MARKUP, ARABIC):
                window.wait(lambda: window.run("return document.querySelector('.cards h3').textContent.includes(arguments[0])", name), "the name as text")
            self.assertLessEqual(window.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
            self.installation.hang_up(call)
            window.wait(lambda: not window.all(".cards .card"), "the card is gone")
        self.assertEqual(window.all(".cards img, .cards b, [role=tabpanel] img, [role=tabpanel] b"), [])
        self.assertIsNone(window.run("return window.hacked ?? null"))

    def event(self, *params, method="ucp.v30.events.call.receiveCallState"):
        return self.installation.pbx_told("event", user="1001", method=method, params=list(params))

    def test_events_that_make_no_sense_change_nothing(self):
        window = self.signed_in()
        call = self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        for params in [[], [None], ["text"], [{}], [{"id": None, "state": None}], [{"id": "", "state": "RINGING"}],
                       [{"id": {"deep": ["er"]}, "state": 7}], [[]]]:
            self.event(*params)
        self.event({"id": "of-the-future", "state": "TELEPORTED", "callerNumber": "5", "callerName": MARKUP})
        self.event(method="ucp.v30.events.call.receiveNothingKnown")
        self.installation.hang_up(call)
        window.lacks("Zoe Zimmermann", ".cards")
        window.working()
        self.assertIsNone(window.run("return window.hacked ?? null"))
