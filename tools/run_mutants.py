#!/usr/bin/env python3
"""Planted bugs: patches that break the call core on purpose, each of which the simulator must find.

    tools/run_mutants.py --check                 every patch still applies (quick, for each change)
    tools/run_mutants.py --find [NAME...]        each patch, alone, is built into the simulator and found by it

A bug that nobody finds means that the simulator no longer looks there. The sources are copied first, so the tree that
is being worked on is never touched.
"""

import argparse
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATCHES = ROOT / "tests/mutants"
FOLDERS = ("base", "core", "sim")
SCHEDULES = 20_000
# -O1: a mutant runs for seconds at most, so building it is what costs.
COMPILE = ["-std=c++20", "-O1", "-Isrc", "-c"]
# A planted bug may loop for ever or eat memory; that counts as found, but must not take the machine with it.
RUN_SECONDS, MEMORY_BYTES = 300, 2 << 30


def run(command, cwd, **options):
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False, **options)


def git_apply(tree, patch, *options):
    """None, or why it does not apply. Inside a repository git skips paths outside of it in silence, so it is told that
    `tree` is none of anybody's."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = run(["git", "apply", "-p1", *options, str(patch)], tree, env=environment)
    return None if done.returncode == 0 else done.stderr.strip()


def check(patches):
    failed = 0
    for patch in patches:
        problem = None if "+++ b/src/core/" in patch.read_text(encoding="utf-8") else "changes nothing in src/core"
        problem = problem or git_apply(ROOT, patch, "--check")
        if problem:
            failed += 1
            print(f"{patch.stem}: {problem}", file=sys.stderr)
    return failed


class Tree:
    """A copy of the sources that the simulator is made of."""

    def __init__(self, root, compiler):
        self.root = root
        launcher = ["ccache"] if shutil.which("ccache") else []
        self.compiler = [*launcher, compiler]
        for folder in FOLDERS:
            shutil.copytree(ROOT / "src" / folder, root / "src" / folder)
        self.sources = sorted(path for path in (root / "src").rglob("*.cpp")
                              if not re.search(r"(_test|_fuzz)\.cpp$", path.name))

    def build(self):
        """The program, or the compiler's complaint."""
        objects = []
        for source in self.sources:
            target = source.with_suffix(".o")
            objects.append(str(target.relative_to(self.root)))
            done = run([*self.compiler, *COMPILE, str(source.relative_to(self.root)), "-o", objects[-1]], self.root)
            if done.returncode != 0:
                return None, done.stderr
        done = run([self.compiler[-1], *objects, "-o", "simulator"], self.root)
        return (self.root / "simulator", "") if done.returncode == 0 else (None, done.stderr)

    def simulate(self, program):
        """(found, after how many schedules, what the simulator said)."""
        def limit_memory():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        try:
            done = run([str(program), "--schedules", str(SCHEDULES)], self.root, timeout=RUN_SECONDS, preexec_fn=limit_memory)
        except subprocess.TimeoutExpired:
            return True, "?", "never came to an end"
        result = re.search(r"^simulation: (\d+) passed, (\d+) failed$", done.stdout, re.M)
        if not result:
            return False, "-", "said nothing: " + (done.stderr.strip() or done.stdout.strip())[-200:]
        wrong = re.search(r"WRONG: (.*)", done.stdout)
        said = wrong.group(1) if wrong else (done.stderr.strip().splitlines() or ["-"])[-1]
        return result.group(2) != "0", int(result.group(1)) + 1, said


def try_mutant(tree, patch):
    problem = git_apply(tree.root, patch)
    if problem:
        return False, "-", f"does not apply: {problem}"
    try:
        program, complaint = tree.build()
        if program is None:
            return False, "-", f"does not compile: {complaint.strip().splitlines()[0]}"
        return tree.simulate(program)
    finally:
        problem = git_apply(tree.root, patch, "-R")
        if problem:
            raise RuntimeError(f"{patch.stem} cannot be taken out again: {problem}")


def find(patches, compiler):
    failed = 0
    with tempfile.TemporaryDirectory(prefix="zvonok-mutants-") as folder:
        tree = Tree(pathlib.Path(folder), compiler)
        # Without a bug nothing may be found, else the rest of the table says nothing.
        program, complaint = tree.build()
        if program is None:
            sys.exit(f"the simulator does not compile without a mutant:\n{complaint}")
        found, _, said = tree.simulate(program)
        if found or said != "-":
            sys.exit(f"the simulator fails without a mutant: {said}")
        print(f"{'mutant':<28} {'schedules':>9}  what it violates")
        for patch in patches:
            found, schedules, said = try_mutant(tree, patch)
            failed += not found
            print(f"{patch.stem:<28} {schedules if found else 'NOT FOUND':>9}  {said}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="does every patch still apply?")
    what.add_argument("--find", action="store_true", help="does the simulator find every patch's bug?")
    parser.add_argument("--compiler", default="g++-12" if shutil.which("g++-12") else "g++")
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    patches = sorted(path for path in PATCHES.glob("*.patch") if not options.names or path.stem in options.names)
    failed = check(patches) if options.check else find(patches, options.compiler)
    print(f"mutants: {len(patches) - failed} passed, {failed} failed")
    return 1 if failed or not patches else 0


if __name__ == "__main__":
    sys.exit(main())
