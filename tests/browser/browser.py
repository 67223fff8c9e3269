"""Debian's Chromium, what tests do with a page in it, and how several processes share the tests."""

import json
import re
import subprocess
import sys
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from installation import until

MOST_JOBS = 4  # each has a browser, which needs its memory
MOST_REPEATED = 3  # tests that failed and are given a second run


def start_chromium(*arguments, preferences, traced=False):
    """A browser that asks nobody by itself, and keeps what pages complain of; traced: also what its threads do, see task_times()."""
    options = Options()
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--no-first-run",
                     *arguments]:
        options.add_argument(argument)
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", **({"performance": "ALL"} if traced else {})})
    if traced:
        options.add_experimental_option("perfLoggingPrefs", {"traceCategories": "toplevel", "enableNetwork": False, "enablePage": False})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def task_times(browser):
    """Milliseconds of the processor's time that each task of the pages' threads took, since the last call, the longest first.

    Not those of the clock on the wall: what else the machine has to do does not count.
    """
    # The first call has the browser hand over what the second one gives.
    log = browser.get_log("performance") + browser.get_log("performance")
    events = [json.loads(entry["message"])["message"] for entry in log]
    parts = [event["params"] for event in events if event["method"] == "Tracing.dataCollected"]
    pages = {(part["pid"], part["tid"]) for part in parts if part.get("name") == "thread_name" and part["args"]["name"] == "CrRendererMain"}
    tasks = [part["tdur"] / 1_000 for part in parts
             if part.get("name") == "ThreadControllerImpl::RunTask" and "tdur" in part and (part["pid"], part["tid"]) in pages]
    return sorted(tasks, reverse=True)


def set_size(browser, width, height=900):
    """Of the page; headless windows cannot be made as narrow or as wide."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def set_media(browser, **features):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})


class Page:
    def __init__(self, browser):
        self.browser = browser

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector="body"):
        return self.browser.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def wait(self, condition, what):
        def quietly():
            try:
                return condition()
            except Exception:  # the page was painted anew in between
                return False
        try:
            return until(quietly, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n---- the page:\n{self.text()}") from None

    def shows(self, words, selector="body"):
        self.wait(lambda: words in self.text(selector), f"{selector} shows “{words}”")

    def click(self, selector):
        self.wait(lambda: self.find(selector).is_enabled() and self.find(selector).is_displayed(), f"{selector} can be clicked")
        self.find(selector).click()

    def fill(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def retype(self, selector, text):
        """As a person does it, over what stands there."""
        field = self.find(selector)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text or Keys.DELETE)

    def focused(self):
        return self.browser.switch_to.active_element

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)


def taken_out(name):
    """The value of an option, which is not unittest's."""
    if name not in sys.argv:
        return None
    at = sys.argv.index(name)
    value = sys.argv[at + 1]
    del sys.argv[at:at + 2]
    return value


def run_shared(classes, jobs, options):
    """Whether all tests passed, the few that failed when they were run once more, alone.

    A browser on a busy machine may be late; more failures than MOST_REPEATED are no accident. What a process has to say
    is printed in one piece.
    """
    names = [f"{tests.__name__}.{name}" for tests in classes for name in unittest.defaultTestLoader.getTestCaseNames(tests)]
    failed = []
    for output, passed in run_in_processes([names[first::jobs] for first in range(jobs)], options):
        its_failed = re.findall(r"^(?:FAIL|ERROR): \w+ \(\w+\.(\w+\.\w+)\)", output, re.MULTILINE)
        if not passed and not its_failed:
            return False
        failed += its_failed
    again = sorted(set(failed))
    if len(again) > MOST_REPEATED or not set(again) <= set(names):
        return False
    if again:
        print(f"FAILED, and run once more, alone: {', '.join(again)}", flush=True)
    return not again or run_in_processes([again], options)[0][1]


def run_in_processes(shares, options):
    """For each share what it printed, and whether all of it passed."""
    processes = [subprocess.Popen([sys.executable, sys.argv[0], *options, *names],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for names in shares]
    results = []
    try:
        for process in processes:
            output = process.communicate()[0]
            print(output, end="", flush=True)
            results.append((output, process.returncode == 0))
    finally:
        for process in processes:
            process.terminate()
    return results
