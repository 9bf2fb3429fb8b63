#!/usr/bin/env python3
"""Tests of check_coverage: a small page and suite that agree, and for each rule one thing that spoils it."""

import unittest

import check_coverage

PAGE = """# Page
| id | the original | here | | tests |
|---|---|---|---|---|
| O-1.01 | a | b | kept | x: one |
| O-1.02 | a | b | kept | x: one; x: two |
| O-2.01 | a | b | left | x: two |
"""


def case(name, *rows):
    return {"name": name, "rows": list(rows), "ours": False}


CASES = [case("x: one", "O-1.01", "O-1.02"), case("x: two", "O-1.02", "O-2.01")]
COVERAGE = {"O-1.01": ["x: one"], "O-1.02": ["x: one", "x: two"], "O-2.01": ["x: two"]}


class Problems(unittest.TestCase):
    def assert_only(self, expected, page=PAGE, coverage=None, cases=None):
        found = check_coverage.problems_of(page, COVERAGE if coverage is None else coverage, CASES if cases is None else cases)
        self.assertTrue(found, "no problem was seen")
        self.assertIn(expected, "\n".join(found))

    def test_a_page_and_a_suite_that_agree_have_none(self):
        self.assertEqual(check_coverage.problems_of(PAGE, COVERAGE, CASES), [])

    def test_a_row_without_a_test(self):
        self.assert_only("O-2.01 has no test", coverage={**COVERAGE, "O-2.01": []})

    def test_a_row_that_coverage_leaves_out(self):
        self.assert_only("O-2.02 has no test", page=PAGE + "| O-2.02 | a | b | kept | |\n")

    def test_a_test_that_does_not_exist(self):
        self.assert_only("'x: gone' is in coverage.json", coverage={**COVERAGE, "O-2.01": ["x: gone", "x: two"]})

    def test_a_test_without_a_row(self):
        self.assert_only("'x: three' has no row", cases=[*CASES, case("x: three")])

    def test_a_test_that_names_an_unknown_row(self):
        self.assert_only("which is no row", cases=[CASES[0], case("x: two", "O-1.02", "O-2.01", "O-9.01")])

    def test_an_unknown_row_in_coverage(self):
        self.assert_only("coverage.json has O-7.01", coverage={**COVERAGE, "O-7.01": ["x: one"]})

    def test_a_gap_in_the_ids(self):
        self.assert_only("O-1.03 does not follow O-1.01", page=PAGE.replace("O-1.02", "O-1.03"))

    def test_a_missing_section(self):
        self.assert_only("O-3.01 does not follow O-1.02", page=PAGE.replace("O-2.01", "O-3.01"))

    def test_a_doubled_id(self):
        self.assert_only("O-1.01 does not follow O-1.01", page=PAGE.replace("O-1.02", "O-1.01"))

    def test_a_first_id_that_is_not_the_first(self):
        self.assert_only("O-1.02 does not follow O-0.00", page=PAGE.replace("| O-1.01 | a | b | kept | x: one |\n", ""))

    def test_coverage_that_is_not_fresh(self):
        self.assert_only("coverage.json is not what the tests say", coverage={**COVERAGE, "O-1.01": ["x: two"], "O-1.02": ["x: one"]})

    def test_a_column_that_is_not_fresh(self):
        self.assert_only("the column `tests` is not fresh", page=PAGE.replace("kept | x: one |", "kept | x: other |"))

    def test_nothing_to_check(self):
        self.assert_only("nothing to check", page="# Page\n")
        self.assert_only("nothing to check", cases=[])


class Derived(unittest.TestCase):
    def test_writing_makes_a_page_fresh(self):
        stale = PAGE.replace("x: one; x: two", "")
        self.assertEqual(check_coverage.with_cells(stale, COVERAGE), PAGE)

    def test_many_tests_are_counted_instead_of_listed(self):
        self.assertEqual(check_coverage.cell_of(["a", "b", "c", "d"]), "a; b (and 2 more)")

    def test_a_bar_in_a_name_stays_in_its_cell(self):
        coverage = {**COVERAGE, "O-1.01": ["x: a|b"]}
        page = check_coverage.with_cells(PAGE, coverage)
        self.assertIn("| x: a\\|b |", page)
        self.assertEqual(check_coverage.with_cells(page, coverage), page)


if __name__ == "__main__":
    unittest.main()
