#!/usr/bin/env python3
"""Holds the tree against tools/layers.toml and the rules of shape that a machine can check.

    tools/check_layers.py                  sources: who includes whom, purity, clocks, globals, sizes, opening comments
    tools/check_layers.py --nm BUILD_DIR   archives: no symbol of a clock, a thread, I/O, chance or a log in pure folders

A check that could not look (no sources, no archive, an empty answer) fails.
"""

import argparse
import pathlib
import re
import sys
import tomllib

import cpp_text
import pure_symbols

SOURCE_LINES_MAX = 400
TEST_LINES_MAX = 800
MAIN_LINES_MAX = 149
# Everything that is written by hand and read; what is derived says so in its name.
OPENING_COMMENT = {".hpp": ("//",), ".cpp": ("//",), ".js": ("//", "/*"), ".mjs": ("//", "/*"), ".py": ('"""', "#"), ".sh": ("#",)}
CODE_FOLDERS = ("src", "tests", "bench", "tools", "deploy")
NOT_OURS = {"node_modules", "__pycache__", "build"}
DERIVED = ".gen."

TEST_FILE = re.compile(r"(_test|_fuzz)\.(cpp|py|js)$|\.test\.js$|^(test|fake)_\w+\.(hpp|cpp)$|_(contract|fakes?|test_support)\.hpp$")

IMPURE_HEADERS = {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore", "barrier", "latch", "stop_token",
    "random", "iostream", "istream", "ostream", "fstream", "sstream", "syncstream", "filesystem", "cstdio", "ctime",
    "csignal", "locale", "coroutine"}
IMPURE_CODE = re.compile(r"\b(s?rand|random|getenv|system|std::time|clock_gettime|printf|std::async|thread_local|volatile)\b\s*\(?|_clock\s*::")
CLOCK_READ = re.compile(r"_clock\s*::\s*now\b|\b(clock_gettime|gettimeofday|timespec_get|std::time|::time)\s*\(")
STANDARD_HEADERS = set("""
algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts condition_variable coroutine
deque exception execution filesystem forward_list fstream functional future initializer_list iomanip ios iosfwd iostream
istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random
ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token
streambuf string string_view syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
utility valarray variant vector version cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal
cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype""".split())


class Checker:
    """Collects what is wrong; every rule goes on after a finding, so that one run shows them all."""

    def __init__(self, root):
        self.root = root
        self.problems = []
        self.looked_at = 0
        config = tomllib.loads((root / "tools/layers.toml").read_text(encoding="utf-8"))
        self.third_party = config["third_party"]
        self.folders = config["folder"]
        self.includers = {}

    def report(self, path, line, text):
        where = path.relative_to(self.root) if isinstance(path, pathlib.Path) else path
        self.problems.append(f"{where}:{line}: {text}" if line else f"{where}: {text}")

    def run(self):
        self.check_config()
        self.check_folders()
        for path in self.code_files():
            self.looked_at += 1
            text = path.read_text(encoding="utf-8")
            self.check_length(path, text)
            self.check_opening(path, text)
            if path.parts[len(self.root.parts)] == "src" and path.suffix in (".hpp", ".cpp"):
                self.check_source(path, text)
        self.check_files_max()
        if not any(path.suffix == ".cpp" for path in (self.root / "src").rglob("*")):
            self.report("src", 0, "no C++ source found, so nothing was checked")
        return self.problems

    def code_files(self):
        for top in CODE_FOLDERS:
            for path in sorted((self.root / top).rglob("*")):
                if path.suffix in OPENING_COMMENT and path.is_file() and not NOT_OURS & set(path.parts) and DERIVED not in path.name:
                    yield path
                elif DERIVED in path.name and path.suffix == ".hpp":
                    self.check_includes(path, path.read_text(encoding="utf-8"))

    # --- layers.toml itself -----------------------------------------------------------------------------------------

    def check_config(self):
        above = set()
        for name, folder in self.folders.items():
            for other in folder.get("include", []):
                if other not in above:
                    self.report("tools/layers.toml", 0, f"{name} includes {other}, which does not stand above it")
            for library in folder.get("third_party", []):
                if library not in self.third_party:
                    self.report("tools/layers.toml", 0, f"{name} names {library}, which is not in [third_party]")
            above.add(name)

    def check_folders(self):
        found = {path.name for path in (self.root / "src").iterdir() if path.is_dir()}
        for name in sorted(found - self.folders.keys()):
            self.report(f"src/{name}", 0, "is not in tools/layers.toml")
        for name in sorted(self.folders.keys() - found):
            self.report(f"src/{name}", 0, "is in tools/layers.toml and does not exist")
        for name in sorted(found & self.folders.keys()):
            folder = self.root / "src" / name
            if not any(path.suffix in (".hpp", ".cpp") for path in folder.rglob("*")):
                self.report(folder, 0, "holds no source")
            self.check_cmake(name, folder / "CMakeLists.txt")

    def check_cmake(self, name, path):
        """What is linked must be what may be included."""
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        library = re.search(r"zvonok_library\(\s*(\w+)([^)]*)\)", text)
        if not library or library.group(1) != name:
            self.report(path, 0, f"makes no library by zvonok_library({name} …)")
            return
        deps = re.search(r"\bDEPS\b((?:\s+[a-z_0-9]+)*)", library.group(2))
        for other in deps.group(1).split() if deps else []:
            if other not in self.folders[name].get("include", []):
                self.report(path, 0, f"links {other}, which {name} may not include")

    # --- every file -------------------------------------------------------------------------------------------------

    def check_length(self, path, text):
        lines = text.count("\n")
        is_test = TEST_FILE.search(path.name) or path.relative_to(self.root).parts[0] == "tests"
        most = MAIN_LINES_MAX if path.name == "main.cpp" else TEST_LINES_MAX if is_test else SOURCE_LINES_MAX
        if lines > most:
            self.report(path, 0, f"has {lines} lines, at most {most}: split it by responsibility")

    def check_opening(self, path, text):
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#!")]
        if lines and lines[0].startswith(OPENING_COMMENT[path.suffix]):
            return
        # foo.cpp and foo_test.cpp need not repeat what foo.hpp beside them says.
        stem = re.sub(r"_test$", "", path.stem)
        if path.suffix == ".cpp" and path.with_name(f"{stem}.hpp").exists():
            return
        self.report(path, 1, "does not open with a comment that says what it is for")

    # --- C++ sources ------------------------------------------------------------------------------------------------

    def check_source(self, path, text):
        folder = self.folder_of(path)
        if folder not in self.folders:
            return  # reported as a folder
        self.check_includes(path, text)
        code = cpp_text.code_only(text)
        if path.suffix == ".hpp" and f"namespace zvonok::{folder}" not in code:
            self.report(path, 0, f"opens no namespace zvonok::{folder}")
        clock = self.folders[folder].get("clock", [])
        if clock is not True and path.name not in clock:
            self.check_pattern(path, code, CLOCK_READ, "reads a clock; `now` is a parameter here")
        if self.folders[folder].get("pure") and not TEST_FILE.search(path.name):
            self.check_pattern(path, code, IMPURE_CODE, "is not pure")
        for line in cpp_text.mutable_globals(text):
            self.report(path, line, "a global, static or singleton that can change: build it in main, pass it down")

    def check_pattern(self, path, code, pattern, what):
        for match in pattern.finditer(code):
            self.report(path, cpp_text.line_of(code, match.start()), f"{match.group().strip(' (')} {what}")

    def folder_of(self, path):
        parts = path.relative_to(self.root / "src").parts
        return parts[0] if len(parts) > 1 else ""

    def check_includes(self, path, text):
        folder = self.folder_of(path)
        for line, angled, name in cpp_text.includes(text):
            problem = (self.angle_problem if angled else self.quote_problem)(path, folder, name)
            if problem:
                self.report(path, line, f"includes {name}: {problem}")

    def quote_problem(self, path, folder, name):
        other = name.split("/")[0] if "/" in name else ""
        if other not in self.folders:
            return "an include in quotes starts with a folder of src/"
        rules = self.folders[folder]
        allowed = {folder, *rules.get("include", [])}
        if TEST_FILE.search(path.name):
            allowed |= set(rules.get("tests", []))
        elif TEST_FILE.search(pathlib.PurePath(name).name):
            return "only tests include what is for tests"
        if other not in allowed:
            return f"{folder} may include only {', '.join(sorted(allowed))}"
        if not (self.root / "src" / name).exists():
            return "no such file"
        return None

    def angle_problem(self, path, folder, name):
        is_test = TEST_FILE.search(path.name)
        rules = self.folders[folder]
        if name in STANDARD_HEADERS:
            impure = rules.get("pure") and not is_test and name in IMPURE_HEADERS
            return f"{folder} is pure" if impure else None
        allowed = rules.get("third_party", []) + (rules.get("tests", []) if is_test else [])
        named = [key for key, about in self.third_party.items() if re.search(about["include"], name)]
        if not named:
            return "neither the C++ standard library's nor named in [third_party] of tools/layers.toml"
        # A header may match two names, one of them narrower (inet_pton and posix); the folder needs one of them.
        library = next((key for key in named if key in allowed), named[0])
        about = self.third_party[library]
        if about.get("tests_only"):
            return None if is_test else "only for tests"
        if library not in allowed:
            return f"{folder} may not use {library}"
        if path.suffix == ".hpp" and not is_test and folder not in about.get("headers_of", [folder]):
            return f"not in a header: everybody who includes it would compile {library}"
        self.includers.setdefault((folder, library), set()).add(path.name)
        return None

    def check_files_max(self):
        for (folder, library), files in self.includers.items():
            most = self.third_party[library].get("files_max", len(files))
            if len(files) > most:
                self.report(f"src/{folder}", 0, f"{library} in {len(files)} files, at most {most}: {', '.join(sorted(files))}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--nm", metavar="BUILD_DIR", type=pathlib.Path, help="look into the archives of a build instead")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    options = parser.parse_args(arguments)
    checker = Checker(options.root.resolve())
    if options.nm:
        pure = [name for name, folder in checker.folders.items() if folder.get("pure")]
        problems = pure_symbols.problems(options.nm, pure)
        looked_at = f"{len(pure)} archives"
    else:
        problems = checker.run()
        looked_at = f"{checker.looked_at} files"
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"check_layers: {looked_at}, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
