#!/usr/bin/env python3
"""What run-tests prints and ends with, for the results of a ctest that this file plays."""

import importlib.machinery
import importlib.util
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
SCRIPT = pathlib.Path(__file__).resolve().parent / "run-tests"
LOADER = importlib.machinery.SourceFileLoader("run_tests", str(SCRIPT))
run_tests = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", LOADER))
LOADER.exec_module(run_tests)

SUITE = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="x">{}</testsuite>'
PASSED = '<testcase name="a: fine" time="{}" status="run"><system-out>much text</system-out></testcase>'
FAILED = (
    '<testcase name="a: odd &lt;b&gt; &quot;q&quot; ü, [x]" time="1" status="fail"><failure message=""/>'
    "<system-out>first ü &lt;&amp;]]&gt;\n[NON-XML-CHAR-0x1B][1m last</system-out></testcase>"
)
MISSING = (
    '<testcase name="b: missing" time="0" status="notrun"><skipped message="Unable to find executable"/>'
    "<system-out>Unable to find executable: /x</system-out></testcase>"
)


def skipped(name, output, message="SKIP_RETURN_CODE=77"):
    return (
        f'<testcase name="{name}" time="0.1" status="notrun"><skipped message="{message}"/>'
        f"<system-out>{output}</system-out></testcase>"
    )


def printed(*cases, reasons=None, commands=None):
    tests = run_tests.read_results(SUITE.format("".join(cases)))
    return "\n".join(run_tests.summary(tests, reasons or {}, commands or {}, "the.log", "build/x"))


class Summary(unittest.TestCase):
    def test_a_passed_test_is_only_counted(self):
        text = printed(PASSED.format(1))
        self.assertIn("1 passed, 0 failed, 0 skipped; the log: the.log", text)
        self.assertNotIn("much text", text)
        self.assertNotIn("Run them again", text)

    def test_a_failed_test_is_shown_with_its_output_and_its_command(self):
        name = 'a: odd <b> "q" ü, [x]'
        text = printed(PASSED.format(1), FAILED, reasons={name: "Timeout"}, commands={name: "bin/tests_a 'odd'"})
        self.assertIn(f"---- Timeout: {name}\n  first ü <&]]>\n  [NON-XML-CHAR-0x1B][1m last\n  again: bin/tests_a 'odd'", text)
        self.assertIn("1 passed, 1 failed, 0 skipped", text)
        self.assertIn("ctest --test-dir build/x --rerun-failed", text)

    def test_a_missing_program_is_a_failure_and_not_a_skip(self):
        self.assertIn("0 passed, 1 failed, 0 skipped", printed(MISSING))

    def test_skips_are_grouped_by_reason(self):
        many = [skipped(f"c: {i}", "x\nSKIPPED: not root\ny") for i in range(7)]
        text = printed(*many, skipped("d: one", "SKIPPED: no pty"), skipped("d: two", "the last line\n\n", "SKIP_RETURN_CODE=77"))
        self.assertIn("  7 because: not root\n      c: 0\n", text)
        self.assertIn("      and 2 more\n", text)
        self.assertIn("  1 because: no pty\n      d: one\n", text)
        self.assertIn("  1 because: the last line\n      d: two\n", text)
        self.assertIn("0 passed, 0 failed, 9 skipped", text)

    def test_a_disabled_test_is_neither_passed_nor_skipped(self):
        self.assertIn("0 failed, 0 skipped, 1 disabled", printed('<testcase name="e" time="0" status="disabled"/>'))

    def test_the_slowest_are_named_in_order(self):
        text = printed(*[PASSED.format(seconds).replace("fine", f"t{seconds}") for seconds in (1, 7, 3, 4, 5, 6)])
        self.assertIn("7.00 s  a: t7\n     6.00 s  a: t6", text)
        self.assertNotIn("a: t1", text)

    def test_a_long_output_is_cut_in_its_middle(self):
        long = FAILED.replace("first", "\n".join(f"line {i}" for i in range(5000)))
        text = printed(long)
        self.assertIn("line 0\n", text)
        self.assertIn("1m last", text)
        self.assertLess(len(text.splitlines()), 230)

    def test_the_end_says_what_failed_and_how(self):
        output = "before\na.cpp:7: FAILED:\n  CHECK( x )\nwith expansion:\n  false\n\n" + "after\n" * 99
        end = printed(FAILED.replace("first", output), PASSED.format(1)).split("0 skipped")[1]
        self.assertIn("      a.cpp:7: FAILED:\n        CHECK( x )\n      with expansion:\n        false\n", end)
        self.assertNotIn("before", end)
        self.assertLess(end.count("after"), 3)
        self.assertIn("1m last", printed(FAILED).split("0 skipped")[1])

    def test_no_results_are_no_success(self):
        self.assertIn("0 passed", printed())


class Run(unittest.TestCase):
    """The whole program with a stand-in for ctest: a shell script."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.build = directory.name

    def ctest(self, script):
        file = pathlib.Path(self.build) / "ctest"
        # $results is where the results go, as in ctest's --output-junit.
        file.write_text(
            '#!/bin/sh\nall="$*"\ncase "$all" in *--show-only*) exit 0;; esac\n'
            'while [ $# -gt 0 ]; do [ "$1" = --output-junit ] && results=$2; shift; done\n' + script
        )
        file.chmod(0o755)
        return {**os.environ, "CTEST": str(file), "LC_ALL": "C"}

    def run_with(self, script, *arguments, own=()):
        return subprocess.run(
            [SCRIPT, *own, self.build, *arguments], env=self.ctest(script), capture_output=True, text=True, encoding="utf-8", check=False
        )

    def results(self, *cases):
        file = pathlib.Path(self.build) / "made.xml"
        file.write_text(SUITE.format("".join(cases)), encoding="utf-8")
        return f'cp "{file}" "$results"\n'

    def test_success(self):
        ran = self.run_with("echo '1/1 Test #1: a: fine ......   Passed    0.02 sec'\n" + self.results(PASSED.format(1)))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("1 passed, 0 failed", ran.stdout)
        self.assertIn("Passed    0.02 sec", (pathlib.Path(self.build) / "tests.log").read_text())

    def test_the_exit_status_is_that_of_ctest(self):
        line = "printf '1/1 Test #1: a: odd <b> \"q\" \\303\\274, [x] ...***Timeout  60.0 sec\\n\\377\\n'\n"
        ran = self.run_with(line + self.results(FAILED) + "exit 8")
        self.assertEqual(ran.returncode, 8)
        self.assertIn('Timeout: a: odd <b> "q" ü, [x]', ran.stdout)

    def test_ctest_fails_for_another_reason_than_a_test(self):
        ran = self.run_with("echo 'No tests were found!!!'\n" + self.results() + "exit 8")
        self.assertEqual(ran.returncode, 8)
        self.assertIn("No tests were found", ran.stdout)

    def test_no_test_is_no_success_whatever_ctest_says(self):
        self.assertEqual(self.run_with(self.results() + "exit 0").returncode, 1)

    def test_a_skip_is_no_success_where_none_is_allowed(self):
        one = skipped("c: one", "SKIPPED: no pty")
        self.assertEqual(self.run_with(self.results(PASSED.format(1), one)).returncode, 0)
        ran = subprocess.run([SCRIPT, "--no-skips", self.build], env=self.ctest(self.results(one)), capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("--no-skips", ran.stdout)

    def run_twice(self, first, second, *arguments):
        """With --again: ctest leaves the first results, and the second ones when it is asked for the failed tests."""
        one, two = (pathlib.Path(self.build) / name for name in ("first.xml", "second.xml"))
        one.write_text(SUITE.format("".join(first)), encoding="utf-8")
        two.write_text(SUITE.format("".join(second)), encoding="utf-8")
        script = (
            f'case "$all" in *--rerun-failed*) cp "{two}" "$results"; grep -q fail "{two}" && exit 8; exit 0;; esac\n'
            f'cp "{one}" "$results"; exit 8\n'
        )
        return subprocess.run(
            [SCRIPT, *arguments, self.build], env=self.ctest(script.replace("grep -q fail", "grep -q 'status=\"fail'")),
            capture_output=True, text=True, encoding="utf-8", check=False,
        )

    def test_what_passes_when_it_is_run_alone_has_passed_and_is_named(self):
        passed = PASSED.format(1).replace("a: fine", "a: odd &lt;b&gt; &quot;q&quot; ü, [x]")
        ran = self.run_twice([FAILED, PASSED.format(2)], [passed], "--again", "2")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn('again, alone: a: odd <b> "q" ü, [x]\n', ran.stdout)
        self.assertIn("2 passed, 0 failed", ran.stdout)

    def test_what_fails_again_has_failed(self):
        ran = self.run_twice([FAILED, PASSED.format(2)], [FAILED.replace("first", "second time")], "--again", "2")
        self.assertEqual(ran.returncode, 8)
        self.assertIn("1 passed, 1 failed", ran.stdout)
        self.assertIn("second time", ran.stdout)

    def test_nothing_is_run_again_when_it_is_not_asked_for_or_more_has_failed(self):
        other = FAILED.replace("a: odd", "a: other")
        for arguments in ((), ("--again", "1")):
            ran = self.run_twice([FAILED, other], [], *arguments)
            self.assertEqual(ran.returncode, 8)
            self.assertNotIn("again, alone", ran.stdout)

    def test_what_a_sanitizer_reports_in_any_process_is_shown_and_no_question_of_time(self):
        for options in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
            report = f'path="${{{options}##*log_path=}}"; echo "data race" >"${{path%%:*}}.17"\n'
            ran = self.run_with(report + self.results(PASSED.format(1)))
            self.assertIn("data race\nWARNING: a sanitizer has reported something, 1 times", ran.stdout)
            self.assertEqual(ran.returncode, 0)
            ran = self.run_with(report + self.results(PASSED.format(1)), own=("--no-reports",))
            self.assertIn("data race\nFAILED: a sanitizer has reported something, 1 times", ran.stdout)
            self.assertEqual(ran.returncode, 1)
            ran = self.run_with(self.results(PASSED.format(1)), own=("--no-reports",))
            self.assertEqual(ran.returncode, 0, "of an earlier run: " + ran.stdout)
            ran = self.run_with(report + self.results(FAILED) + "exit 8", own=("--again", "9"))
            self.assertEqual(ran.returncode, 8)
            self.assertNotIn("again, alone", ran.stdout)

    def test_a_leak_keeps_no_test_from_being_run_again(self):
        leak = 'path="${LSAN_OPTIONS##*log_path=}"; echo "LeakSanitizer: 40 bytes" >"${path%%:*}.17"\n'
        ran = self.run_with(leak + self.results(FAILED) + "exit 8", own=("--again", "9"))
        self.assertIn("again, alone", ran.stdout)
        self.assertIn("WARNING: a sanitizer", ran.stdout)

    def test_an_abort_is_named_with_its_test(self):
        line = "echo '1/1 Test #1: a: abort ....Subprocess aborted***Exception:   0.02 sec'\n"
        failed = '<testcase name="a: abort" time="1" status="fail"><failure message=""/></testcase>'
        ran = self.run_with(line + self.results(failed) + "exit 8")
        self.assertIn("---- Subprocess aborted Exception: a: abort", ran.stdout)

    def test_a_directory_that_is_not_there_is_a_wrong_call(self):
        ran = subprocess.run([SCRIPT, self.build + "/none"], capture_output=True, text=True, check=False)
        self.assertEqual((ran.returncode, ran.stdout), (64, ""))

    def test_no_results_or_half_of_them_are_no_success(self):
        for script in ("exit 0", "printf '<testsuite><testcase name=' >\"$results\"\nexit 0"):
            ran = self.run_with(script)
            self.assertEqual(ran.returncode, 1, ran.stdout)
            self.assertIn("FAILED: ctest has left no results", ran.stdout)

    def test_results_of_an_earlier_run_are_not_taken(self):
        self.assertEqual(self.run_with(self.results(PASSED.format(1))).returncode, 0)
        self.assertEqual(self.run_with("exit 0").returncode, 1)

    def test_a_killed_ctest_is_no_success(self):
        ran = self.run_with(self.results(PASSED.format(1)) + "kill -KILL $$")
        self.assertEqual(ran.returncode, 128 + signal.SIGKILL)
        self.assertIn("signal 9", ran.stdout)

    def test_arguments_are_handed_on(self):
        self.run_with('printf "%s" "$all" >"$results.arguments"', "--no-tests=error", "--label-regex", "^(a|b)$")
        handed = (pathlib.Path(self.build) / "tests.xml.arguments").read_text()
        self.assertTrue(handed.startswith(f"--test-dir {self.build} "), handed)
        self.assertTrue(handed.endswith(" --no-tests=error --label-regex ^(a|b)$"), handed)

    def test_asked_to_end_it_ends_ctest_and_does_not_look_passed(self):
        running = pathlib.Path(self.build) / "running"
        environment = self.ctest(f'echo $$ >"{running}"\nexec sleep 60')
        program = subprocess.Popen([SCRIPT, self.build], env=environment, stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while not (running.exists() and running.read_text().strip()):
            self.assertLess(time.monotonic(), deadline, "ctest was not started")
            time.sleep(0.01)
        program.terminate()
        out, _ = program.communicate(timeout=20)
        self.assertEqual(program.returncode, 128 + signal.SIGTERM)
        self.assertIn("interrupted", out)
        with self.assertRaises(ProcessLookupError):
            os.kill(int(running.read_text()), 0)


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ProgressLine(unittest.TestCase):
    @staticmethod
    def lines(total):
        return [f"{i}/{total} Test #{i}: a: test number {i} ......   Passed    0.02 sec" for i in range(1, total + 1)]

    def shown(self, out, lines):
        progress = run_tests.Progress(out)
        for line in lines:
            progress.take(line)
        progress.end()
        return out.getvalue()

    def test_it_is_quiet_where_there_is_no_terminal(self):
        self.assertEqual(self.shown(io.StringIO(), self.lines(40)), "")
        self.assertEqual(len(self.shown(io.StringIO(), self.lines(3500)).splitlines()), 10)

    def test_on_a_terminal_it_is_one_line(self):
        text = self.shown(Terminal(), self.lines(40))
        self.assertNotIn("\n", text)
        self.assertIn("40/40 tests, 0 failed", text)

    def test_a_failure_is_named_at_once(self):
        text = self.shown(io.StringIO(), ["1/9 Test #4: b: slow ...***Exception: SegFault  1.00 sec"])
        self.assertEqual(text, "Exception: SegFault: b: slow\n")

    def test_what_a_test_prints_is_not_taken_for_a_result(self):
        self.assertEqual(self.shown(io.StringIO(), ["100/100 Test of something", "", "Test #1: x"]), "")


if __name__ == "__main__":
    unittest.main()
