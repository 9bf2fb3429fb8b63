#!/usr/bin/env python3
"""Derives C++ tables and the tables of docs/protocol.md from protocol/protocol.json, where the wire is written once.

    tools/protogen.py           writes what is derived
    tools/protogen.py --check   writes nothing; fails if something derived is stale, or an example is not what it says

The end reasons are not derived into C++: they belong to the pure core, which may not include the protocol. Their names
are written by hand in src/core/end_reason.hpp and compared with the table here.
"""

import argparse
import json
import pathlib
import re
import sys

from protogen_examples import check_examples

SOURCE = "protocol/protocol.json"
CPP = "src/protocol/wire.gen.hpp"
PAGE = "docs/protocol.md"
EXAMPLES = "protocol/examples"
END_REASONS_CPP = "src/core/end_reason.hpp"


class WireError(Exception):
    """The table, or something that must agree with it, is wrong; the text says what and where."""


# --- The table -------------------------------------------------------------------------------------------------------

FIELDS = {
    "events": {"name", "cpp", "version", "direction", "about", "payload_in", "payload_out"},
    "close_codes": {"code", "cpp", "reason", "about"},
    "end_reasons": {"name", "about"},
    "limits": {"name", "default", "unit", "about", "reason"},
}
OPTIONAL = {"limits": {"min", "max", "fixed", "close"}}
IDENTITY = {"events": "name", "close_codes": "cpp", "end_reasons": "name", "limits": "name"}
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def load(root):
    path = root / SOURCE
    try:
        wire = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WireError(f"{SOURCE}: {error}") from error
    validate(wire)
    return wire


def validate(wire):
    """Refuses a table from which something wrong would be derived."""
    for section, required in FIELDS.items():
        rows = wire.get(section)
        if not rows:
            raise WireError(f"{section}: missing or empty")
        allowed = required | OPTIONAL.get(section, set())
        seen = set()
        for row in rows:
            name = row.get(IDENTITY[section], "?")
            if missing := required - row.keys():
                raise WireError(f"{section}: {name}: no {', '.join(sorted(missing))}")
            if unknown := row.keys() - allowed:
                raise WireError(f"{section}: {name}: unknown field {', '.join(sorted(unknown))}")
            if name in seen:
                raise WireError(f"{section}: {name}: stands twice")
            seen.add(name)
            if not SNAKE.fullmatch(row.get("cpp", row.get("name"))):
                raise WireError(f"{section}: {name}: not a snake_case name, so it cannot become an enumerator")
    versions = {version["name"] for version in wire.get("versions", [])}
    for event in wire["events"]:
        if event["version"] not in versions:
            raise WireError(f"events: {event['name']}: unknown version {event['version']}")
        if event["direction"] not in ("in", "out", "both"):
            raise WireError(f"events: {event['name']}: direction is in, out or both")
    for row in wire["close_codes"]:
        # RFC 6455 section 7.4.2 gives 4000-4999 to applications; below, only codes that a server may send.
        if not (1000 <= row["code"] <= 1014 or 4000 <= row["code"] <= 4999) or row["code"] in (1004, 1005, 1006):
            raise WireError(f"close_codes: {row['cpp']}: {row['code']} may not be sent")
        if len(row["reason"].encode()) > 123:
            raise WireError(f"close_codes: {row['cpp']}: the reason does not fit into a control frame (123 bytes)")
    for row in wire["limits"]:
        validate_limit(row, {close["cpp"] for close in wire["close_codes"]})


def validate_limit(row, close_names):
    where = f"limits: {row['name']}"
    if row.get("fixed", False) == ("min" in row or "max" in row):
        raise WireError(f"{where}: either fixed, or with min and max")
    low, high = bounds(row)
    if not low <= row["default"] <= high:
        raise WireError(f"{where}: default {row['default']} is not within {low}..{high}")
    if row.get("close") not in close_names | {None}:
        raise WireError(f"{where}: unknown close code {row['close']}")


def bounds(limit):
    """The smallest and largest value that may be configured; a fixed limit has only its default."""
    if limit.get("fixed"):
        return limit["default"], limit["default"]
    try:
        return limit["min"], limit["max"]
    except KeyError as error:
        raise WireError(f"limits: {limit['name']}: no {error.args[0]}") from error


# --- C++ -------------------------------------------------------------------------------------------------------------

CPP_HEAD = """\
// The wire as C++ tables: events, close codes and limits.
// Derived from protocol/protocol.json by tools/protogen.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zvonok::protocol {
"""


def enumerator(snake):
    return "k" + "".join(part.capitalize() for part in snake.split("_"))


def quoted(text):
    """A C++ string literal. JSON's escapes are C++'s, as long as no control character (\\u00XX) is among them."""
    literal = json.dumps(text, ensure_ascii=False)
    if re.search(r"\\u|[\x00-\x1f]", literal):
        raise WireError(f"a control character in {literal}")
    return literal


def enum(type_name, comment, entries):
    lines = [f"/// {comment}", f"enum class {type_name} : std::uint8_t {{"]
    lines += [f"  {enumerator(name)},  // {about}" for name, about in entries]
    return "\n".join(lines) + "\n};\n"


def table(type_name, constant, rows):
    body = "\n".join(f"    {row}," for row in rows)
    return f"inline constexpr std::array<{type_name}, {len(rows)}> {constant}{{{{\n{body}\n}}}};\n"


def accessor(signature, constant, argument, member=""):
    return f"constexpr {signature} {{ return {constant}[static_cast<std::size_t>({argument})]{member}; }}\n"


def limit_row(limit):
    low, high = bounds(limit)
    fixed = "true" if limit.get("fixed") else "false"
    texts = f"{quoted(limit['about'])}, {quoted(limit['reason'])}"
    return f"{{{quoted(limit['name'])}, {quoted(limit['unit'])}, {limit['default']}, {low}, {high}, {fixed}, {texts}}}"


def render_cpp(wire):
    events, closes, limits = wire["events"], wire["close_codes"], wire["limits"]
    parts = [
        CPP_HEAD,
        enum("Event", "What a message is about.", [(e["cpp"], e["about"]) for e in events]),
        table("std::string_view", "kEventNames", [quoted(e["name"]) for e in events]),
        "/// The event's name on the wire.",
        accessor("std::string_view name(Event event)", "kEventNames", "event"),
        enum("CloseReason", "Why the server closes a WebSocket. Two reasons may share a code.",
             [(c["cpp"], f"{c['code']}: {c['about']}") for c in closes]),
        "struct CloseInfo {\n  std::uint16_t code;\n  std::string_view reason;\n};\n",
        table("CloseInfo", "kCloseReasons", [f"{{{c['code']}, {quoted(c['reason'])}}}" for c in closes]),
        "/// The status code of the close frame (RFC 6455 section 7.4).",
        accessor("std::uint16_t code(CloseReason why)", "kCloseReasons", "why", ".code"),
        "/// The text of the close frame.",
        accessor("std::string_view reason(CloseReason why)", "kCloseReasons", "why", ".reason"),
        enum("Limit", "What is bounded. Setting `limits.<name>` unless fixed.",
             [(row["name"], row["about"]) for row in limits]),
        "/// One limit. A fixed one cannot be configured: its min, max and default are equal.",
        "struct LimitInfo {\n  std::string_view name, unit;\n  std::int64_t default_value, min, max;\n  bool fixed;\n"
        "  std::string_view about, reason;\n};\n",
        table("LimitInfo", "kLimits", [limit_row(row) for row in limits]),
        accessor("const LimitInfo& info(Limit limit)", "kLimits", "limit"),
        "}  // namespace zvonok::protocol",
    ]
    return "\n".join(parts) + "\n"


# --- docs/protocol.md ------------------------------------------------------------------------------------------------


def markdown(header, rows):
    def line(cells):
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(header), "|" + "---|" * len(header), *(line(row) for row in rows)])


def payload_text(payload):
    if payload is None:
        return "no payload"
    if isinstance(payload, str):
        return payload
    return "; ".join(f"`{name}`: {kind}" for name, kind in payload.items()) or "none needed, ignored"


def render_tables(wire):
    """Marker name -> Markdown."""
    limits = []
    for row in wire["limits"]:
        low, high = bounds(row)
        span = "fixed" if row.get("fixed") else f"{low} – {high}"
        close = f"`{row['close']}`" if "close" in row else ""
        limits.append((f"`{row['name']}`", row["default"], span, row["unit"], row["about"], close, row["reason"]))
    return {
        "events": markdown(
            ("event", "version", "meaning", "payload to the server", "payload from the server"),
            [(f"`{e['name']}`", e["version"], e["about"], payload_text(e["payload_in"]), payload_text(e["payload_out"]))
             for e in wire["events"]]),
        "close codes": markdown(
            ("code", "reason", "name", "when"),
            [(c["code"], f"`{c['reason']}`" if c["reason"] else "", f"`{c['cpp']}`", c["about"])
             for c in wire["close_codes"]]),
        "limits": markdown(("limit", "default", "range", "unit", "what", "closes with", "why"), limits),
        "end reasons": markdown(("reason", "when"), [(f"`{r['name']}`", r["about"]) for r in wire["end_reasons"]]),
    }


DERIVED = re.compile(r"(<!-- derived: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def render_page(page, wire):
    """The page with its derived parts renewed; every table has exactly one place."""
    tables = render_tables(wire)
    found = [match.group(2) for match in DERIVED.finditer(page)]
    if sorted(found) != sorted(tables):
        raise WireError(f"{PAGE}: has the derived parts {sorted(found)}, needs each of {sorted(tables)} once")
    return DERIVED.sub(lambda m: f"{m.group(1)}{tables[m.group(2)]}\n{m.group(3)}", page)


# --- What is written by hand and must agree ---------------------------------------------------------------------------


def check_end_reasons(root, wire):
    """Compares the core's hand-written enum and names with the table; both must be found."""
    path = root / END_REASONS_CPP
    if not path.exists():
        if (root / "src/core").exists() and any((root / "src/core").glob("*.hpp")):
            raise WireError(f"{END_REASONS_CPP}: missing, so the end reasons cannot be compared")
        return
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    wanted = [row["name"] for row in wire["end_reasons"]]
    body = re.search(r"enum class EndReason\b[^{]*\{([^}]*)\}", text)
    names = re.search(r"\bkEndReasonNames\b[^;]*?\{([^;]*)\}\s*;", text)
    if not body or not names:
        raise WireError(f"{END_REASONS_CPP}: no `enum class EndReason` or no `kEndReasonNames` found")
    enumerators = re.findall(r"\bk\w+", body.group(1))
    if enumerators != [enumerator(name) for name in wanted]:
        raise WireError(f"{END_REASONS_CPP}: EndReason is {enumerators}, {SOURCE} has {wanted}")
    spelled = re.findall(r'"([^"]*)"', names.group(1))
    if spelled != wanted:
        raise WireError(f"{END_REASONS_CPP}: kEndReasonNames is {spelled}, {SOURCE} has {wanted}")


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else None


def derive(root):
    """Relative path -> what must be in it."""
    wire = load(root)
    page = read(root / PAGE)
    if page is None:
        raise WireError(f"{PAGE}: missing; its prose is written by hand")
    check_end_reasons(root, wire)
    check_examples(root / EXAMPLES, wire, WireError)
    return {CPP: render_cpp(wire), PAGE: render_page(page, wire)}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail if something is stale")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    options = parser.parse_args(arguments)
    try:
        derived = derive(options.root)
    except WireError as error:
        print(f"protogen: {error}", file=sys.stderr)
        return 1
    stale = [path for path, text in derived.items() if read(options.root / path) != text]
    for path in stale:
        if options.check:
            print(f"protogen: {path} is stale: run tools/protogen.py", file=sys.stderr)
        else:
            (options.root / path).parent.mkdir(parents=True, exist_ok=True)
            (options.root / path).write_text(derived[path], encoding="utf-8")
            print(f"protogen: wrote {path}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
