#!/usr/bin/env python3
"""What the Makefile says of itself: every target that a person calls is in `make help`, and no target means the build."""

import pathlib
import re
import subprocess
import unittest

MAKEFILE = pathlib.Path(__file__).resolve().parents[2] / "Makefile"


def make(*arguments):
    command = ["make", "--no-print-directory", "-C", MAKEFILE.parent, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Makefile(unittest.TestCase):
    def test_help_has_every_target_with_a_text(self):
        phony = set(" ".join(re.findall(r"^\.PHONY:(.*)$", MAKEFILE.read_text(), re.MULTILINE)).split())
        self.assertIn("test", phony)
        self.assertEqual(set(re.findall(r"^  make ([a-z-]+) +\S.*$", make("help"), re.MULTILINE)), phony)

    def test_without_a_target_it_builds(self):
        self.assertEqual(make("-n"), make("-n", "build"))


if __name__ == "__main__":
    unittest.main()
