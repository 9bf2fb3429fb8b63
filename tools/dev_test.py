#!/usr/bin/env python3
"""Tests of the parts of ./dev that must not go wrong in silence: counting tests, and installing without starting services."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def bash(script, **environment):
    """Exit code and output of a script that has the parts of ./dev at hand."""
    head = 'set -euo pipefail; ROOT=$PWD; for part in tools/dev/*.sh; do source "$part"; done\n'
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(["bash", "-c", head + script], cwd=ROOT, env={**clean, **environment}, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout


class Counting(unittest.TestCase):
    def count(self, printed):
        done = subprocess.run(["bash", "-c", "source tools/dev/suites.sh; count_tests"], cwd=ROOT, input=printed, text=True,
                              stdout=subprocess.PIPE, check=True)
        return tuple(map(int, done.stdout.split()))

    def test_googletest(self):
        self.assertEqual(self.count("[  PASSED  ] 12 tests.\n"), (12, 0, 0))
        self.assertEqual(self.count("[  PASSED  ] 1 test.\n[  SKIPPED ] 2 tests, listed below:\n[  SKIPPED ] A.B\n"
                                    "[  FAILED  ] 3 tests, listed below:\n[  FAILED  ] A.C\n"), (1, 3, 2))

    def test_unittest(self):
        self.assertEqual(self.count("Ran 7 tests in 0.1s\n\nOK\n"), (7, 0, 0))
        self.assertEqual(self.count("Ran 7 tests in 0.1s\n\nOK (skipped=2)\n"), (5, 0, 2))
        self.assertEqual(self.count("Ran 7 tests in 0.1s\n\nFAILED (failures=2, errors=1, skipped=1)\n"), (3, 3, 1))

    def test_vitest(self):
        self.assertEqual(self.count(" Test Files  2 passed (2)\n      Tests  385 passed (385)\n   Start at  17:49:53\n"), (385, 0, 0))
        self.assertEqual(self.count("      Tests  1 failed | 3 passed | 2 skipped (6)\n"), (3, 1, 2))

    def test_our_own_line(self):
        self.assertEqual(self.count("talk: 3 passed, 3 failed\nconformance: 205 passed, 1 failed, 4 skipped\n\n"), (205, 1, 4))

    def test_our_own_line_counts_only_as_the_last(self):
        self.assertEqual(self.count("conformance: 205 passed, 0 failed\nSegmentation fault\n"), (0, 0, 0))

    def test_nothing(self):
        self.assertEqual(self.count(""), (0, 0, 0))
        self.assertEqual(self.count("all is well\n"), (0, 0, 0))


class Suites(unittest.TestCase):
    def sum_of(self, script, **environment):
        """Exit code and the closing line."""
        code, said = bash(script + "\nsum_up", **environment)
        return code, said.splitlines()[-1]

    def test_sum_of_all(self):
        self.assertEqual(self.sum_of("check a true; suite b echo 'b: 2 passed, 0 failed'"), (0, "3 passed, 0 failed"))

    def test_goes_on_after_a_failure(self):
        self.assertEqual(self.sum_of("check a false; check b true"), (1, "1 passed, 1 failed"))

    def test_output_of_a_failed_suite_is_shown(self):
        self.assertIn("it broke", bash("check a bash -c 'echo it broke >&2; exit 3'")[1])

    def test_suite_without_a_count_has_failed(self):
        self.assertEqual(self.sum_of("suite a true; check b true"), (1, "1 passed, 1 failed"))

    def test_suite_of_no_tests_has_failed(self):
        self.assertEqual(self.sum_of("suite a echo 'a: 0 passed, 0 failed'; check b true"), (1, "1 passed, 1 failed"))

    def test_suite_that_dies_after_its_count_has_failed(self):
        self.assertEqual(self.sum_of("suite a bash -c 'echo a: 5 passed, 0 failed; exit 139'"), (1, "5 passed, 1 failed"))

    def test_program_that_is_not_there_has_failed(self):
        self.assertEqual(self.sum_of("suite a build/no-such-program; check b true"), (1, "1 passed, 1 failed"))

    def test_nothing_at_all_is_no_success(self):
        self.assertEqual(self.sum_of(""), (1, "0 passed, 0 failed"))

    def test_skip_counts_as_a_skip_at_home(self):
        self.assertEqual(self.sum_of("suite a echo 'a: 5 passed, 0 failed, 2 skipped'"), (0, "5 passed, 0 failed, 2 skipped"))

    def test_skip_is_a_failure_in_ci(self):
        self.assertEqual(self.sum_of("suite a echo 'a: 5 passed, 0 failed, 2 skipped'", CI="true"), (1, "5 passed, 2 failed"))

    def test_failing_step_stops_everything(self):
        code, said = bash("step building false; echo went on")
        self.assertEqual(code, 1)
        self.assertNotIn("went on", said)


class Packages(unittest.TestCase):
    """With a policy-rc.d, an apt and units of our own: nothing is installed here."""

    STAGE = """
        POLICY=$SANDBOX/policy-rc.d POLICY_KEPT=$SANDBOX/kept
        as_root() { "$@"; }
        apt_install() { cat "$POLICY" >"$SANDBOX/seen"; touch "$SANDBOX/installed"; echo "apt: $*"; "${APT_SAYS:-true}"; }
        apt-get() { true; }
        enabled_units() { echo old.service; if [[ -e $SANDBOX/installed ]]; then echo new.service; fi; }
        systemctl() { echo "$*" >>"$SANDBOX/systemctl"; }
        find() { true; }
    """

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sandbox = pathlib.Path(folder.name)

    def bash(self, script, **environment):
        return bash(self.STAGE + script, SANDBOX=str(self.sandbox), **environment)

    def read(self, name):
        return (self.sandbox / name).read_text(encoding="utf-8") if (self.sandbox / name).exists() else None

    def test_installs_only_what_is_missing(self):
        code, said = self.bash("install_packages() { echo missing: $*; }; need_packages bash no-such-package coreutils")
        self.assertEqual((code, said), (0, "missing: no-such-package\n"))

    def test_services_are_held_back_while_apt_runs_and_then_no_more(self):
        self.assertEqual(self.bash("install_packages x")[0], 0)
        self.assertIn("exit 101", self.read("seen"))
        self.assertIsNone(self.read("policy-rc.d"))

    def test_a_policy_that_was_there_is_restored(self):
        (self.sandbox / "policy-rc.d").write_text("the admin's")
        self.assertEqual(self.bash("install_packages x")[0], 0)
        self.assertIn("exit 101", self.read("seen"))
        self.assertEqual(self.read("policy-rc.d"), "the admin's")

    def test_a_policy_is_restored_when_apt_fails(self):
        (self.sandbox / "policy-rc.d").write_text("the admin's")
        self.assertEqual(self.bash("install_packages x", APT_SAYS="false")[0], 1)
        self.assertEqual(self.read("policy-rc.d"), "the admin's")

    def test_a_policy_of_ours_that_a_killed_run_left_is_not_kept(self):
        self.bash("hold_services_back")
        self.assertIn("exit 101", self.read("policy-rc.d"))
        self.assertEqual(self.bash("install_packages x")[0], 0)
        self.assertIsNone(self.read("policy-rc.d"))

    def test_a_unit_that_a_package_enabled_is_disabled_and_no_other(self):
        self.assertEqual(self.bash("install_packages x")[0], 0)
        self.assertEqual(self.read("systemctl"), "--quiet disable new.service\n")


if __name__ == "__main__":
    unittest.main()
