"""More than any PBX sends: events by the thousand, answers of megabytes. The page goes on, no task of it takes long."""

import threading

from app_case import AppCase
from browser import task_times

# What a task of the page may take of the processor (ms): 50 on a machine that does nothing else, and some room for one whose
# caches others share. The figures are printed.
LONGEST = 80


class Busy(AppCase):
    """In a browser that counts what its threads do."""

    def setUp(self):
        before = self.stage.browser, self.stage.home
        traced = self.stage.start_browser(traced=True)
        self.stage.browser, self.stage.home = traced, traced.current_window_handle

        def put_back():
            self.stage.browser, self.stage.home = before
            traced.quit()

        self.addCleanup(put_back)
        super().setUp()

    def assert_quick(self, what):
        times = task_times(self.stage.browser)
        print(f"\nlongest tasks with {what}: {', '.join(f'{time:.0f}' for time in times[:5])} ms of {len(times)} tasks", flush=True)
        self.assertGreater(len(times), 100, "the browser has counted")
        self.assertLess(times[0], LONGEST)

    def test_events_by_the_thousand_do_not_block_the_page(self):
        window = self.signed_in()
        call = self.installation.incoming()
        window.shows("Zoe Zimmermann", ".cards")
        task_times(self.stage.browser)

        def send(group):
            for number in range(250):
                self.installation.pbx_told("event", user="1001", method="ucp.v30.events.call.receiveCallState", params=[
                    {"id": f"storm-{group}-{number % 40}", "state": ["RINGING", "CONNECTED", "RINGING"][number % 3],
                     "callerNumber": str(number), "callerName": f"Caller {number}"}])

        threads = [threading.Thread(target=send, args=[group]) for group in range(4)]
        for thread in threads:
            thread.start()
        window.find(".dial input").send_keys("1002")  # one can type meanwhile
        for thread in threads:
            thread.join()
        self.assertEqual(window.find(".dial input").get_attribute("value"), "1002")
        self.installation.hang_up(call)
        window.wait(lambda: "Zoe Zimmermann" not in window.text(".cards"), "what came last is shown")
        self.assert_quick("a thousand events")
        # Not all of the 160 calls are drawn; the others come when somebody scrolls there.
        self.assertLess(len(window.all(".cards .card")), 80)

    def test_an_answer_of_megabytes_does_not_block_the_page(self):
        for number in range(50):
            self.installation.hang_up(self.installation.incoming(name=f"Name {number} " + "x" * 50_000))
        window = self.connected()
        task_times(self.stage.browser)
        window.sign_in("1001")
        window.working()
        window.shows("Name 49", "[role=tabpanel]")
        self.assert_quick("an answer of megabytes")

    def test_scrolling_through_thousands_of_calls_does_not_block_the_page(self):
        self.installation.pbx_told("switches", **{"past-calls": 2000})
        window = self.signed_in()
        window.shows("Made-up caller", "[role=tabpanel]")
        asked = len(self.installation.asked("callList.getCallList", "1001"))
        task_times(self.stage.browser)

        def further():
            window.run("document.querySelector('.journal .foot').scrollIntoView({ block: 'end' })")
            return len(self.installation.asked("callList.getCallList", "1001")) > asked + 6

        window.wait(further, "six more pages")
        self.assert_quick("scrolling")
