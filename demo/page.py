#!/usr/bin/python3
"""The Teams app's page in Chromium: drops the key file, signs in, dials, waits until the other one has answered, and hangs up.

demo/page.py ADDRESS CERTIFICATE KEY_FILE USER PASSWORD_FILE NUMBER PICTURE

Prints what it did, and leaves a picture of the running call.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/browser"))

from app_case import fingerprint
from app_window import AppWindow
from browser import start_chromium


def main(address, certificate, key_file, user, password_file, number, picture):
    browser = start_chromium("--lang=en", "--window-size=1200,900", f"--ignore-certificate-errors-spki-list={fingerprint(certificate)}",
                             "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE localhost", preferences={"intl.accept_languages": "en"})
    try:
        window = AppWindow(browser).open(address)
        window.drop(pathlib.Path(key_file).read_bytes())
        window.wait(lambda: window.all("input[type=password]"), "the sign-in")
        print("the key file was dropped onto the page; the PBX is reached")
        window.sign_in(user, pathlib.Path(password_file).read_text().rstrip("\n"))
        window.working()
        print(f"{user} is signed in")
        window.find(".dial input").send_keys(number)
        window.press("Call", ".dial")
        window.shows("Connected", ".cards")
        window.browser.save_screenshot(picture)
        print(f"{number} was dialled, and has answered")
        window.press_until(lambda: not window.all(".cards li"), "Hang up", ".cards")
        print("the call was hung up")
    finally:
        browser.quit()


if __name__ == "__main__":
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    main(*sys.argv[1:])
