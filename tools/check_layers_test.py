#!/usr/bin/env python3
"""Tests of check_layers: a small made-up tree that passes, and for each rule one thing that spoils it."""

import contextlib
import io
import pathlib
import subprocess
import tempfile
import unittest

import check_layers
import cpp_text
import pure_symbols

ROOT = pathlib.Path(__file__).resolve().parent.parent

LAYERS = """
[third_party]
asio = {include = '^boost/asio/', headers_of = ["net"]}
heavy = {include = '^heavy/', headers_of = [], files_max = 1}
json = {include = '^json/', headers_of = []}
gtest = {include = '^gtest/', tests_only = true}
[folder.base]
[folder.core]
include = ["base"]
pure = true
[folder.hub]
include = ["base"]
third_party = ["asio", "heavy"]
tests = ["core", "json"]
[folder.net]
include = ["base", "hub"]
third_party = ["asio"]
clock = true
[folder.sim]
clock = ["main.cpp"]
"""


def header(folder, body=""):
    return f"// What it is for.\n#pragma once\n{body}\nnamespace zvonok::{folder} {{}}\n"


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("tools/layers.toml", LAYERS)
        for name, deps in (("base", ""), ("core", " DEPS base"), ("hub", " DEPS base"), ("net", " DEPS base hub LINK x"), ("sim", "")):
            self.write(f"src/{name}/CMakeLists.txt", f"zvonok_library({name}{deps})\n")
            self.write(f"src/{name}/{name}.hpp", header(name))
            self.write(f"src/{name}/{name}.cpp", f'#include "{name}/{name}.hpp"\n#include <string>\n')

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def problems(self):
        return check_layers.Checker(self.root).run()

    def assert_fine(self):
        self.assertEqual(self.problems(), [])

    def assert_found(self, *words):
        """Exactly one problem, whose text holds all the words."""
        problems = self.problems()
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def assert_source_fine(self, path, body):
        self.write(path, f"// What it is for.\n{body}\n")
        self.assert_fine()

    def assert_source_found(self, path, body, *words):
        self.write(path, f"// What it is for.\n{body}\n")
        self.assert_found(path, *words)


class Folders(Tree):
    def test_tree_as_it_stands_is_fine(self):
        self.assert_fine()

    def test_folder_that_the_file_does_not_name(self):
        self.write("src/misc/x.hpp", "// x\n")
        self.assert_found("src/misc", "not in tools/layers.toml")

    def test_folder_that_does_not_exist(self):
        self.write("tools/layers.toml", LAYERS + "[folder.push]\n")
        self.assert_found("src/push", "does not exist")

    def test_folder_without_a_source(self):
        (self.root / "src/core/core.hpp").unlink()
        (self.root / "src/core/core.cpp").unlink()
        self.assert_found("src/core", "holds no source")

    def test_folder_that_includes_one_below_it(self):
        self.write("tools/layers.toml", LAYERS.replace('[folder.core]\ninclude = ["base"]', '[folder.core]\ninclude = ["base", "net"]'))
        self.assert_found("core includes net", "not stand above")

    def test_library_that_has_no_pattern(self):
        self.write("tools/layers.toml", LAYERS + "third_party = ['boost']\n".replace("third_party", "\n[folder.x]\nthird_party"))
        self.write("src/x/CMakeLists.txt", "zvonok_library(x)\n")
        self.write("src/x/x.hpp", header("x"))
        self.assert_found("x names boost")

    def test_links_what_it_may_not_include(self):
        self.write("src/core/CMakeLists.txt", "zvonok_library(core DEPS base hub)\n")
        self.assert_found("core/CMakeLists.txt", "links hub")

    def test_folder_without_a_library(self):
        self.write("src/core/CMakeLists.txt", "add_library(core)\n")
        self.assert_found("makes no library")

    def test_no_sources_at_all_is_a_failure(self):
        for path in (self.root / "src").rglob("*.cpp"):
            path.unlink()
        self.assert_found("nothing was checked")


class Includes(Tree):
    def test_of_a_folder_that_may_be_included(self):
        self.assert_source_fine("src/net/x.cpp", '#include "hub/hub.hpp"\n#include <vector>\n#include <boost/asio/buffer.hpp>')

    def test_of_a_folder_that_may_not(self):
        self.assert_source_found("src/core/x.cpp", '#include "hub/hub.hpp"', ":2:", "core may include only base, core")

    def test_in_a_comment_or_a_string_is_none(self):
        self.assert_source_fine("src/core/x.cpp", '// #include "hub/hub.hpp"\n/*\n#include <thread>\n*/')

    def test_behind_an_odd_spacing(self):
        self.assert_source_found("src/core/x.cpp", '#  include  "hub/hub.hpp"  // why', "core may include only")

    def test_that_does_not_start_with_a_folder(self):
        self.assert_source_found("src/core/x.cpp", '#include "core.hpp"', "starts with a folder of src/")

    def test_of_a_file_that_does_not_exist(self):
        self.assert_source_found("src/core/x.cpp", '#include "base/gone.hpp"', "no such file")

    def test_of_a_derived_header_are_looked_at_too(self):
        self.write("src/core/x.gen.hpp", header("core", '#include "hub/hub.hpp"'))
        self.assert_found("core may include only")

    def test_test_may_include_more(self):
        self.assert_source_fine("src/hub/hub_test.cpp", '#include "core/core.hpp"\n#include <gtest/gtest.h>')

    def test_test_may_use_a_library_that_the_source_may_not(self):
        self.write("src/hub/json_test_support.hpp", header("hub", "#include <json/json.hpp>"))
        self.assert_source_found("src/hub/x.cpp", "#include <json/json.hpp>", "hub may not use json")

    def test_source_may_not_include_what_is_for_tests(self):
        self.assert_source_found("src/hub/x.cpp", "#include <gtest/gtest.h>", "only for tests")

    def test_source_may_not_include_a_fake(self):
        for name in ("clock_fake", "fake_clock", "test_clock", "clock_contract"):
            self.write(f"src/base/{name}.hpp", header("base", "#include <gtest/gtest.h>"))
            self.assert_source_found("src/hub/x.cpp", f'#include "base/{name}.hpp"', "only tests")

    def test_library_that_the_folder_may_not_use(self):
        self.assert_source_found("src/base/x.cpp", "#include <boost/asio/buffer.hpp>", "base may not use asio")

    def test_library_that_nobody_named(self):
        self.assert_source_found("src/base/x.cpp", "#include <curl/curl.h>", "nor named in [third_party]")

    def test_c_header_in_its_old_name(self):
        self.assert_source_found("src/base/x.cpp", "#include <string.h>", "nor named in [third_party]")

    def test_library_in_a_header(self):
        self.write("src/hub/x.hpp", header("hub", "#include <boost/asio/buffer.hpp>"))
        self.assert_found("src/hub/x.hpp", "not in a header")

    def test_library_in_a_header_of_its_folder(self):
        self.write("src/net/x.hpp", header("net", "#include <boost/asio/buffer.hpp>"))
        self.assert_fine()

    def test_costly_library_in_one_file(self):
        self.assert_source_fine("src/hub/x.cpp", "#include <heavy/a.h>\n#include <heavy/b.h>")

    def test_costly_library_in_two_files(self):
        self.write("src/hub/x.cpp", "// x\n#include <heavy/a.h>\n")
        self.write("src/hub/y.cpp", "// y\n#include <heavy/a.h>\n")
        self.assert_found("heavy in 2 files, at most 1: x.cpp, y.cpp")


class Purity(Tree):
    def test_impure_header_in_a_pure_folder(self):
        for name in ("thread", "mutex", "random", "iostream", "fstream", "filesystem", "ctime"):
            self.assert_source_found("src/core/x.cpp", f"#include <{name}>", "core is pure")

    def test_impure_header_elsewhere_or_in_a_test(self):
        self.write("src/hub/x.cpp", "// x\n#include <thread>\n")
        self.assert_source_fine("src/core/core_test.cpp", "#include <random>\nint f() { return rand(); }")

    def test_impure_call_in_a_pure_folder(self):
        for call in ("rand()", "std::getenv(name)", "printf(text)", "std::time(nullptr)"):
            with self.subTest(call):
                found = [p for p in self.with_code("src/core/x.cpp", f"auto f() {{ return {call}; }}") if "not pure" in p]
                self.assertEqual(len(found), 1)

    def with_code(self, path, body):
        self.write(path, f"// x\n{body}\n")
        return self.problems()

    def test_words_that_only_look_impure(self):
        self.assert_source_fine("src/core/x.cpp", 'int operand(int random_id); // rand()\nconst char* const f = "rand()";')

    def test_clock_read_outside_of_net(self):
        self.assert_source_found("src/hub/x.cpp", "auto f() { return std::chrono::steady_clock::now(); }", "reads a clock")

    def test_clock_read_in_net(self):
        self.assert_source_fine("src/net/x.cpp", "auto f() { return std::chrono::steady_clock::now(); }")

    def test_clock_read_in_the_one_file_that_may(self):
        self.assert_source_fine("src/sim/main.cpp", "auto f() { return std::chrono::steady_clock::now(); }")
        self.assert_source_found("src/sim/x.cpp", "auto f() { return std::chrono::steady_clock::now(); }", "reads a clock")

    def test_clock_read_in_a_comment(self):
        self.assert_source_fine("src/hub/x.cpp", "// not steady_clock::now(), which a test could not move")


class Shape(Tree):
    def test_source_of_400_lines(self):
        self.assert_source_fine("src/hub/x.cpp", "// x\n" * 398)

    def test_source_of_401_lines(self):
        self.assert_source_found("src/hub/x.cpp", "// x\n" * 399, "401 lines, at most 400")

    def test_test_of_800_lines(self):
        self.assert_source_fine("src/hub/hub_test.cpp", "// x\n" * 798)

    def test_test_of_801_lines(self):
        self.assert_source_found("src/hub/hub_test.cpp", "// x\n" * 799, "at most 800")

    def test_wire_test_may_be_as_long_as_a_test(self):
        self.assert_source_fine("tests/conformance/devices.js", "// x\n" * 798)

    def test_main_of_150_lines(self):
        self.assert_source_found("src/hub/main.cpp", "// x\n" * 148, "at most 149")

    def test_derived_header_of_any_length(self):
        self.write("src/core/x.gen.hpp", header("core", "// x\n" * 900))
        self.assert_fine()

    def test_tool_of_401_lines(self):
        self.write("tools/x.sh", "#!/bin/sh\n" + "# x\n" * 400)
        self.assert_found("tools/x.sh", "401 lines")

    def test_modules_of_others_are_not_looked_at(self):
        self.write("tests/node_modules/ws/index.js", "x\n" * 2000)
        self.assert_fine()

    def test_no_opening_comment(self):
        self.write("src/hub/x.cpp", "#include <string>\n")
        self.assert_found("src/hub/x.cpp:1", "open with a comment")

    def test_opening_comment_of_the_header_counts_for_source_and_test(self):
        self.write("src/hub/hub_test.cpp", "#include <string>\n")
        self.assert_fine()

    def test_script_with_an_opening_comment_behind_its_first_line(self):
        self.write("tools/x.sh", "#!/bin/sh\n# What it is for.\n")
        self.write("tools/x.py", '#!/usr/bin/env python3\n"""What it is for."""\n')
        self.assert_fine()

    def test_script_without_one(self):
        self.write("tools/x.sh", "#!/bin/sh\necho\n")
        self.assert_found("tools/x.sh")

    def test_header_in_another_namespace(self):
        self.write("src/hub/x.hpp", header("core"))
        self.assert_found("opens no namespace zvonok::hub")


class Globals(unittest.TestCase):
    FINE = [
        "constexpr int kMax = 1;", "inline constexpr std::array<int, 2> kTwo{{1, 2}};", "const std::string kName = f(1);",
        "int f(int a = 1);", "int f(int a) { int b = 1; b = 2; return b; }", "bool operator==(A, B);", "using A = std::vector<int>;",
        "template <class T, int N = 3>\nvoid f() {\n}\nstruct A {\n  int x = 1;\n  static int count();\n};", "enum class A : int { kB };",
        "namespace a {\nnamespace {\nclass B;\n}  // namespace\n}", "A::A(int x) : x_{x}, y_(x) {}\nint g();", "typedef int A;",
        "struct A;\nextern template class B<int>;", "static_assert(kMax == 1);", "int f() { static constexpr int k = 1; return k; }",
        "int f() { static const auto k = g(); return k; }", "template <>\nstruct std::hash<A> {\n  int operator()(A a) const { return 1; }\n};",
        "static int f(int a) { return a; }", "class A {\n  static A from(const B& b);\n};", "auto f() -> std::map<int, int>;",
        'constexpr char kText[] = "int x = 1;";', "auto A::operator<=>(const A&) const = default;", "constinit const int kX = 1;",
        "const auto kF = [](int a) { return a; };", "constexpr int kMillion = 1'000'000;\nint f();",
    ]
    FOUND = [
        "int x;", "int x = 1;", "static int x = 1;", "std::vector<int> cache;", "std::map<int, std::string> cache{};", "A* a = nullptr;",
        "inline std::atomic<int> count{0};", "thread_local int x = 0;", "namespace a {\nnamespace {\nint x = 1;\n}\n}", "extern int x;",
        "int f() { static int calls = 0; return ++calls; }", "A& f() {\n  static A a;\n  return a;\n}", "int a[3] = {1, 2, 3};",
        "struct A {\n  static A& instance();\n};", "int f() { return 1; }\nint x = f();", "struct { int a; } x;",
    ]

    def test_what_cannot_change_is_fine(self):
        for code in self.FINE:
            with self.subTest(code):
                self.assertEqual(cpp_text.mutable_globals(f"namespace zvonok {{\n{code}\n}}\n"), [])

    def test_what_can_change_is_found(self):
        for code in self.FOUND:
            with self.subTest(code):
                self.assertEqual(len(cpp_text.mutable_globals(f"namespace zvonok {{\n{code}\n}}\n")), 1)

    def test_line_is_the_variables(self):
        self.assertEqual(cpp_text.mutable_globals("// a\n\nint f();\n\n/* b */ int x = 1;\n"), [5])


class Text(unittest.TestCase):
    def test_keeps_the_lines(self):
        source = 'int a; // b\n/* c\nd */ const char* e = "f // g";\nauto h = R"(i\n"j)";\n'
        for cut in (cpp_text.without_comments(source), cpp_text.code_only(source)):
            self.assertEqual(cut.count("\n"), source.count("\n"))
            self.assertEqual(len(cut), len(source))

    def test_comment_mark_in_a_string_is_text(self):
        self.assertIn("f // g", cpp_text.without_comments('const char* e = "f // g"; // h'))
        self.assertNotIn("h", cpp_text.without_comments('"f // g"; // h'))

    def test_quote_in_a_comment_or_a_number_opens_no_string(self):
        self.assertIn("int b", cpp_text.code_only("// don't\nint a = 1'000;\nint b = '\"';"))


class Symbols(unittest.TestCase):
    """Compiles a few lines into an archive: what nm really prints is part of what is tested."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name)

    def archive(self, code, name="core"):
        source = self.build / "x.cpp"
        source.write_text(code, encoding="utf-8")
        subprocess.run(["g++-12", "-std=c++20", "-c", "-o", "x.o", "x.cpp"], cwd=self.build, check=True)
        subprocess.run(["ar", "rc", f"libzvonok_{name}.a", "x.o"], cwd=self.build, check=True)

    def assert_asks_for(self, what, code):
        self.archive(code)
        found = pure_symbols.problems(self.build, ["core"])
        self.assertTrue(found and f"asks for {what}" in found[0], found)

    def test_pure_archive(self):
        self.archive("#include <string>\nstd::string f(std::string a) { return a + a; }")
        self.assertEqual(pure_symbols.problems(self.build, ["core"]), [])

    def test_impure_archives(self):
        self.assert_asks_for("a clock", "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }")
        self.assert_asks_for("a clock", "#include <ctime>\nauto f() { return std::time(nullptr); }")
        self.assert_asks_for("a thread", "#include <mutex>\nvoid f(std::mutex& m) { m.lock(); }")
        self.assert_asks_for("I/O", "#include <cstdio>\nvoid f(int a) { std::printf(\"%d\", a); }")
        self.assert_asks_for("I/O", "#include <iostream>\nvoid f() {}")
        self.assert_asks_for("I/O", "#include <cstdlib>\nauto f() { return std::getenv(\"A\"); }")
        self.assert_asks_for("chance", "#include <random>\nauto f() { return std::random_device{}(); }")
        self.assert_asks_for("a log", "#include <syslog.h>\nvoid f() { syslog(1, \"x\"); }")

    def test_names_that_only_resemble_forbidden_ones(self):
        for symbol in ("zvonok::core::TokenBucket::wait(int)", "timeout", "reopen", "zvonok::core::Ring::close()", "memcpy"):
            self.assertIsNone(pure_symbols.verdict(symbol), symbol)

    def test_missing_archive_is_a_failure(self):
        self.assertIn("could not be checked", pure_symbols.problems(self.build, ["core"])[0])

    def test_archive_that_asks_for_nothing_is_a_failure(self):
        self.archive("int x;")
        self.assertIn("nothing was checked", pure_symbols.problems(self.build, ["core"])[0])

    def test_file_that_is_no_archive_is_a_failure(self):
        (self.build / "libzvonok_core.a").write_text("not an archive")
        self.assertIn("nm failed", pure_symbols.problems(self.build, ["core"])[0])


class CommandLine(Tree):
    def run_main(self, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return check_layers.main(["--root", str(self.root), *arguments]), said.getvalue()

    def test_says_how_many_files_it_looked_at(self):
        self.assertEqual(self.run_main(), (0, "check_layers: 10 files, 0 problems\n"))

    def test_fails_with_a_problem(self):
        self.write("src/misc/x.hpp", "// x\n")
        self.assertEqual(self.run_main()[0], 1)

    def test_nm_without_a_build_fails(self):
        self.assertEqual(self.run_main("--nm", str(self.root))[0], 1)


class TheProjectsOwn(unittest.TestCase):
    def test_core_protocol_and_accounts_are_pure(self):
        folders = check_layers.Checker(ROOT).folders
        self.assertEqual([name for name, folder in folders.items() if folder.get("pure")], ["core", "protocol", "accounts"])


if __name__ == "__main__":
    unittest.main()
