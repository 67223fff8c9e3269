"""The Teams app's page in a real browser, against the real chain: stand-in PBX, agent, connector.

app_test.py PROGRAMS [--screenshots DIRECTORY] [--jobs N | unittest's arguments]

The page is that of app/dist/page (make app). With --jobs, N processes share the tests, each with an installation and a
browser of its own.
"""

import pathlib
import sys
import unittest

from app_case import AppCase, Stage
from app_breaks_test import Breaks
from app_cards_test import Cards, Dialling
from app_contacts_test import Contacts, WithoutContacts
from app_busy_test import Busy
from app_elsewhere_test import Elsewhere
from app_entry_test import Connecting, InfoPage, Installing, SigningIn
from app_look_test import Look
from app_journal_test import Journal
from app_odd_test import Odd
from app_people_test import Colleagues, OwnState, VoicemailTab
from app_seats_test import Seats
from app_settings_test import Forwardings, PhonesAndGroups
from app_protocol_test import Protocol
from app_teams_test import Teams
from app_work_test import Calls
from app_ways_test import LongLists, Notices, Ways
from app_windows_test import Windows
from browser import MOST_JOBS, run_shared, taken_out

TESTS = [Elsewhere, Connecting, SigningIn, Installing, InfoPage, Calls, Breaks, Look, Busy, Odd, Protocol, Teams,
         Forwardings, PhonesAndGroups, Journal, Colleagues, VoicemailTab, OwnState, Cards, Dialling, Contacts, WithoutContacts, Windows, Seats,
         Ways, Notices, LongLists]

if __name__ == "__main__":
    options = [sys.argv.pop(1)]
    if (directory := taken_out("--screenshots")) is not None:
        AppCase.screenshots = pathlib.Path(directory)
        AppCase.screenshots.mkdir(parents=True, exist_ok=True)
        options += ["--screenshots", directory]
    if (jobs := min(int(taken_out("--jobs") or 1), MOST_JOBS)) > 1:
        sys.exit(0 if run_shared(TESTS, jobs, options) else 1)
    AppCase.stage = Stage(options[0])
    try:
        unittest.main()
    finally:
        AppCase.stage.close()
