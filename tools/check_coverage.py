#!/usr/bin/env python3
"""Holds docs/compatibility.md, the conformance suite and tests/conformance/coverage.json together.

    tools/check_coverage.py           fails on a row without a test, a test without a row, a name that does not exist,
                                      a gap in the ids, or a derived text that is not fresh
    tools/check_coverage.py --write   renews coverage.json and the column `tests` of the page, then checks

The rows are written in the page, each test names its rows; who proves what is derived from the two.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROW = re.compile(r"^\| (O-(\d+)\.(\d\d)) \|.*\|$")
NAMES_SHOWN = 2


def ids_of(page):
    return [found.group(1) for line in page.splitlines() if (found := ROW.match(line))]


def gaps(ids):
    """Each section counts from 1 without a gap or a double, and so do the sections."""
    expected = (0, 0)
    for row in ids:
        section, number = map(int, row[2:].split("."))
        if (section, number) not in ((expected[0], expected[1] + 1), (expected[0] + 1, 1)):
            yield f"{row} does not follow O-{expected[0]}.{expected[1]:02}"
        expected = (section, number)


def coverage_of(ids, cases):
    """The tests of each row, in the order of the suite."""
    return {row: [case["name"] for case in cases if row in case["rows"]] for row in ids}


def cell_of(names):
    shown = "; ".join(name.replace("|", "\\|") for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} (and {rest} more)" if rest > 0 else shown


def with_cells(page, coverage):
    def line_of(line):
        found = ROW.match(line)
        return re.sub(r"\|[^|]*(?:\\\|[^|]*)*\|$", lambda _: f"| {cell_of(coverage[found.group(1)])} |", line) if found else line

    return "\n".join(line_of(line) for line in page.split("\n"))


def problems_of(page, coverage, cases):
    """What is wrong with the page's text, coverage.json as a dict, and the suite's list of cases."""
    ids = ids_of(page)
    if not ids or not cases:
        return [f"nothing to check: {len(ids)} rows, {len(cases)} tests"]
    names = {case["name"] for case in cases}
    covered = {name for tests in coverage.values() for name in tests}
    found = list(gaps(ids))
    found += [f"{row} has no test" for row in ids if not coverage.get(row)]
    found += [f"coverage.json has {row}, the page does not" for row in coverage if row not in ids]
    found += [f"{name!r} is in coverage.json, not in the suite" for name in sorted(covered - names)]
    found += [f"{case['name']!r} has no row" for case in cases if case["name"] not in covered]
    found += [f"{case['name']!r} names {row}, which is no row" for case in cases for row in case["rows"] if row not in ids]
    if not found:
        if coverage != coverage_of(ids, cases):
            found.append("coverage.json is not what the tests say; run tools/check_coverage.py --write")
        if page != with_cells(page, coverage):
            found.append("the column `tests` is not fresh; run tools/check_coverage.py --write")
    return found


def node_of(root):
    pinned = sorted((root / "tools/node/node_modules").glob("node-linux-*/bin/node"))
    return os.environ.get("NODE") or (str(pinned[0]) if pinned else shutil.which("node"))


def cases_of(root):
    """The suite's own list of its cases."""
    node = node_of(root)
    if not node:
        raise SystemExit("check_coverage: no node to ask the suite with (set NODE)")
    done = subprocess.run([node, "tests/conformance/run.js", "--list"], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"check_coverage: the suite does not list its cases:\n{done.stderr}")
    return json.loads(done.stdout)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="renew what is derived")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    options = parser.parse_args(arguments)
    page_file = options.root / "docs/compatibility.md"
    coverage_file = options.root / "tests/conformance/coverage.json"
    page = page_file.read_text(encoding="utf-8")
    cases = cases_of(options.root)
    if options.write:
        coverage = coverage_of(ids_of(page), cases)
        page = with_cells(page, coverage)
        page_file.write_text(page, encoding="utf-8")
        coverage_file.write_text(json.dumps(coverage, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    found = problems_of(page, json.loads(coverage_file.read_text(encoding="utf-8")), cases)
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"check_coverage: {len(ids_of(page))} rows, {len(cases)} tests, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
