#!/usr/bin/env python3
"""What the Makefile says of itself: every target that a person calls is in `make help`, and no target means the build."""

import os
import pathlib
import re
import subprocess
import unittest

MAKEFILE = pathlib.Path(__file__).resolve().parents[2] / "Makefile"


def make(*arguments):
    # Not as a part of the make that may have started this test, with its variables.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = ["make", "--no-print-directory", "-C", MAKEFILE.parent, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


class Makefile(unittest.TestCase):
    def test_help_has_every_target_with_a_text(self):
        phony = set(" ".join(re.findall(r"^\.PHONY:(.*)$", MAKEFILE.read_text(), re.MULTILINE)).split())
        self.assertIn("test", phony)
        self.assertEqual(set(re.findall(r"^  make ([a-z-]+) +\S.*$", make("help"), re.MULTILINE)), phony)

    def test_without_a_target_it_builds(self):
        self.assertEqual(make("-n"), make("-n", "build"))


if __name__ == "__main__":
    unittest.main()
