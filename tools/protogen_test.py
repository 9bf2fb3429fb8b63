#!/usr/bin/env python3
"""Tests of protogen: what it writes, and above all that it fails when something does not agree."""

import contextlib
import copy
import io
import json
import pathlib
import tempfile
import unittest

import protogen
from protogen_examples import problem_of

ROOT = pathlib.Path(__file__).resolve().parent.parent

WIRE = {
    "versions": [{"name": "v1"}],
    "events": [
        {"name": "call:offer", "cpp": "offer", "version": "v1", "direction": "both", "about": "rings",
         "payload_in": {"sdp": "any", "userId": "string or integer"}, "payload_out": "the fields and fromUserId"},
        {"name": "call:hangup", "cpp": "hang_up", "version": "v1", "direction": "both", "about": "ends | it",
         "payload_in": {}, "payload_out": None},
    ],
    "close_codes": [{"code": 4001, "cpp": "token_expired", "reason": "token expired", "about": "too old"}],
    "end_reasons": [{"name": "hangup", "about": "done"}, {"name": "no_answer", "about": "nobody came"}],
    "limits": [
        {"name": "json_depth", "default": 4, "fixed": True, "unit": "levels", "about": "nesting", "reason": "stacks"},
        {"name": "payload_keys", "default": 3, "min": 1, "max": 9, "unit": "keys", "about": "fields", "reason": "few",
         "close": "token_expired"},
    ],
}
PAGE = "".join(f"<!-- derived: {name} -->\nSTALE\n<!-- end -->\nprose\n"
               for name in ("events", "close codes", "limits", "end reasons"))
EXAMPLES = [
    ("offer-in", "in", True, '{"event":"call:offer","payload":{"userId":"bob"}}'),
    ("offer-out", "out", True, '{"event":"call:offer","payload":{"userId":"bob","fromUserId":1}}'),
    ("hangup-in", "in", True, '{"event":"call:hangup"}'),
    ("hangup-out", "out", True, '{"event":"call:hangup"}'),
    ("ignored", "in", False, "null"),
]
END_REASONS = """enum class EndReason : std::uint8_t {
  kHangup,  // said by hand, {really}
  kNoAnswer,
};
inline constexpr std::array<std::string_view, 2> kEndReasonNames{"hangup", "no_answer"};
"""


def example(name, direction, valid, text):
    return {"name": name, "direction": direction, "valid": valid, "text": text, "about": ""}


class Tree(unittest.TestCase):
    """A made-up project, correct as it stands; each test spoils one thing."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.wire = copy.deepcopy(WIRE)
        self.write(protogen.PAGE, PAGE)
        self.write(protogen.END_REASONS_CPP, END_REASONS)
        for row in EXAMPLES:
            self.write_example(*row)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def write_example(self, name, direction, valid, text):
        self.write(f"{protogen.EXAMPLES}/{name}.json", json.dumps(example(name, direction, valid, text)))

    def run_protogen(self, *arguments):
        """Exit code and what was said."""
        self.write(protogen.SOURCE, json.dumps(self.wire))
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            code = protogen.main(["--root", str(self.root), *arguments])
        return code, said.getvalue()

    def assert_refused(self, words):
        code, said = self.run_protogen()
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)


class Writing(Tree):
    def test_what_it_wrote_is_fresh(self):
        self.assertEqual(self.run_protogen()[0], 0)
        self.assertEqual(self.run_protogen("--check"), (0, ""))

    def test_check_fails_on_a_stale_header_and_leaves_it(self):
        self.run_protogen()
        self.write(protogen.CPP, "edited by hand")
        code, said = self.run_protogen("--check")
        self.assertEqual(code, 1)
        self.assertIn(protogen.CPP, said)
        self.assertEqual(protogen.read(self.root / protogen.CPP), "edited by hand")

    def test_check_fails_on_a_stale_page(self):
        self.run_protogen()
        self.wire["end_reasons"][0]["about"] = "over"
        code, said = self.run_protogen("--check")
        self.assertEqual(code, 1)
        self.assertIn(protogen.PAGE, said)

    def test_check_fails_when_nothing_was_derived_yet(self):
        self.assertEqual(self.run_protogen("--check")[0], 1)

    def test_header_has_enumerators_names_and_limits(self):
        self.run_protogen()
        header = protogen.read(self.root / protogen.CPP)
        for part in ("kHangUp,", '"call:hangup",', '{4001, "token expired"}', "std::array<LimitInfo, 2>",
                     '{"json_depth", "levels", 4, 4, 4, true, "nesting", "stacks"}',
                     '{"payload_keys", "keys", 3, 1, 9, false, "fields", "few"}'):
            self.assertIn(part, header)

    def test_page_keeps_its_prose_and_escapes_bars(self):
        self.run_protogen()
        page = protogen.read(self.root / protogen.PAGE)
        self.assertEqual(page.count("prose"), 4)
        self.assertNotIn("STALE", page)
        self.assertIn("ends \\| it", page)

    def test_text_in_cpp_literals_is_escaped(self):
        self.assertEqual(protogen.quoted('say "hi" \\ twice'), '"say \\"hi\\" \\\\ twice"')
        with self.assertRaises(protogen.WireError):
            protogen.quoted("bell\x07")


class TableIsRefused(Tree):
    def test_empty_section(self):
        self.wire["limits"] = []
        self.assert_refused("limits: missing or empty")

    def test_missing_field(self):
        del self.wire["limits"][0]["reason"]
        self.assert_refused("json_depth: no reason")

    def test_unknown_field(self):
        self.wire["limits"][0]["maximum"] = 5
        self.assert_refused("unknown field maximum")

    def test_name_twice(self):
        self.wire["end_reasons"].append(self.wire["end_reasons"][0])
        self.assert_refused("hangup: stands twice")

    def test_name_that_is_no_identifier(self):
        self.wire["end_reasons"][0]["name"] = "Hang-up"
        self.assert_refused("snake_case")

    def test_default_out_of_range(self):
        self.wire["limits"][1]["default"] = 10
        self.assert_refused("not within 1..9")

    def test_limit_neither_fixed_nor_with_a_range(self):
        del self.wire["limits"][0]["fixed"]
        self.assert_refused("either fixed, or with min and max")

    def test_limit_with_only_one_end(self):
        del self.wire["limits"][1]["max"]
        self.assert_refused("no max")

    def test_limit_that_closes_with_an_unknown_code(self):
        self.wire["limits"][1]["close"] = "bored"
        self.assert_refused("unknown close code bored")

    def test_close_code_that_must_not_be_sent(self):
        self.wire["close_codes"][0]["code"] = 1006
        self.assert_refused("1006 may not be sent")

    def test_close_reason_longer_than_a_control_frame(self):
        self.wire["close_codes"][0]["reason"] = "x" * 124
        self.assert_refused("control frame")

    def test_event_of_an_unknown_version(self):
        self.wire["events"][0]["version"] = "v7"
        self.assert_refused("unknown version v7")

    def test_source_that_is_not_json(self):
        self.write(protogen.SOURCE, "{")
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(protogen.main(["--root", str(self.root)]), 1)
        self.assertIn(protogen.SOURCE, said.getvalue())


class OthersMustAgree(Tree):
    def test_page_without_a_marker(self):
        self.write(protogen.PAGE, PAGE.replace("derived: limits", "limits"))
        self.assert_refused("needs each of")

    def test_page_missing(self):
        (self.root / protogen.PAGE).unlink()
        self.assert_refused("missing")

    def test_end_reasons_in_another_order(self):
        self.write(protogen.END_REASONS_CPP, END_REASONS.replace('"hangup", "no_answer"', '"no_answer", "hangup"'))
        self.assert_refused("kEndReasonNames")

    def test_end_reason_missing_in_the_enum(self):
        self.write(protogen.END_REASONS_CPP, END_REASONS.replace("kNoAnswer,", "// kNoAnswer,"))
        self.assert_refused("EndReason is")

    def test_end_reasons_that_cannot_be_found(self):
        self.write(protogen.END_REASONS_CPP, "enum class Reason {};")
        self.assert_refused("no `enum class EndReason`")

    def test_core_without_end_reasons(self):
        (self.root / protogen.END_REASONS_CPP).unlink()
        self.write("src/core/call.hpp", "")
        self.assert_refused("cannot be compared")


class Examples(Tree):
    def assert_example(self, direction, text, problem):
        """What is wrong with an example that claims to be valid."""
        found = problem_of(example("x", direction, True, text), "x", self.wire)
        self.assertIn(problem, found or "nothing is wrong")

    def test_none_at_all(self):
        for path in (self.root / protogen.EXAMPLES).glob("*.json"):
            path.unlink()
        self.assert_refused("no examples found")

    def test_event_without_one_in_each_direction(self):
        (self.root / protogen.EXAMPLES / "hangup-out.json").unlink()
        self.assert_refused("no valid example of call:hangup out")

    def test_ignored_one_that_is_fine(self):
        self.write_example("ignored", "in", False, '{"event":"call:hangup"}')
        self.assert_refused("nothing is wrong with it")

    def test_name_that_is_not_the_files(self):
        found = problem_of(example("x", "in", True, "null"), "y", self.wire)
        self.assertEqual(found, "its name is x")

    def test_field_missing(self):
        self.assertIn("exactly", problem_of({"name": "x"}, "x", self.wire))

    def test_unknown_direction(self):
        self.assertIn("direction", problem_of(example("x", "both", True, "null"), "x", self.wire))

    def test_messages_to_the_server(self):
        self.assert_example("in", '{"event"', "not JSON")
        self.assert_example("in", '{"event":"call:offer","payload":{"userId":NaN}}', "not JSON")
        self.assert_example("in", "[]", "not an object")
        self.assert_example("in", '{"event":"call:x"}', "event is unknown")
        self.assert_example("in", '{"event":["call:offer"]}', "event is unknown")
        self.assert_example("in", '{"event":"call:offer"}', "no object")
        self.assert_example("in", '{"event":"call:offer","payload":{"userId":0}}', "names nobody")
        self.assert_example("in", '{"event":"call:hangup","\\u0065vent":1}', "stands twice")
        self.assert_example("in", '{"event":"call:hangup","payload":[[[[]]]]}', "too deep")
        self.assert_example("in", '{"event":"call:offer","payload":{"userId":1,"a":1,"b":1,"c":1}}', "too many")
        self.assert_example("in", '{"event":"call:hangup","payload":[[[1]]],"more":1}', "nothing is wrong")

    def test_messages_from_the_server(self):
        self.assert_example("out", '{"event":"call:hangup","payload":null}', "without a payload")
        self.assert_example("out", '{"event":"call:hangup","re":1}', "sends no re")
        self.assert_example("out", '{"event":"call:offer","payload":{"userId":1}}', "fromUserId")
        self.assert_example("out", '{"event":"call:offer","payload":{"fromUserId":true}}', "fromUserId")
        self.assert_example("out", '{"event":"call:offer","payload":{"fromUserId":1}}', "nothing is wrong")


class TheProjectsOwn(unittest.TestCase):
    def test_is_fresh(self):
        self.assertEqual(protogen.main(["--check", "--root", str(ROOT)]), 0)


if __name__ == "__main__":
    unittest.main()
