"""Judges protocol/examples/: each file is one message with the claim that the server relays or ignores it.

The judge is written from the table's own words, apart from the C++ parser, so that the two can be held against the same
examples. What it cannot see in a message (whether there is a call) is not its business.
"""

import json

EXAMPLE_FIELDS = {"name", "direction", "valid", "text", "about"}
# Keys that decide where a message goes: one that stands twice could be read in two ways.
ROUTING_KEYS = {"event", "payload", "userId", "targetUserId", "fromUserId"}


class Refused(Exception):
    """Why a message is ignored."""


def check_examples(folder, wire, error_type):
    """Every example must be what it says, and every event must have a valid one in each of its directions."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise error_type(f"{folder.name}: no examples found")
    covered = set()
    for path in paths:
        try:
            example = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise error_type(f"{path.name}: {error}") from error
        if problem := problem_of(example, path.stem, wire):
            raise error_type(f"{path.name}: {problem}")
        if example["valid"]:
            covered.add((json.loads(example["text"])["event"], example["direction"]))
    for event in wire["events"]:
        for direction in ("in", "out") if event["direction"] == "both" else (event["direction"],):
            if (event["name"], direction) not in covered:
                raise error_type(f"{folder.name}: no valid example of {event['name']} {direction}")


def problem_of(example, stem, wire):
    """What is wrong with an example file, or None."""
    if not isinstance(example, dict) or example.keys() != EXAMPLE_FIELDS:
        return f"an example has exactly {', '.join(sorted(EXAMPLE_FIELDS))}"
    if example["name"] != stem:
        return f"its name is {example['name']}"
    if example["direction"] not in ("in", "out"):
        return "direction is in (to the server) or out"
    judge = judge_in if example["direction"] == "in" else judge_out
    try:
        judge(example["text"], wire)
    except Refused as why:
        return f"said to be valid, but {why}" if example["valid"] else None
    return None if example["valid"] else "said to be ignored, but nothing is wrong with it"


def fixed_limit(wire, name):
    return next(row["default"] for row in wire["limits"] if row["name"] == name)


def parse(text, wire):
    """The message and its event's row."""

    def no_doubles(pairs):
        keys = [key for key, _ in pairs]
        if any(keys.count(key) > 1 for key in ROUTING_KEYS):
            raise Refused("a key that decides the route stands twice")
        return dict(pairs)

    def no_constant(name):
        raise Refused(f"{name} is not JSON")

    try:
        message = json.loads(text, object_pairs_hook=no_doubles, parse_constant=no_constant)
    except ValueError as error:
        raise Refused(f"it is not JSON ({error})") from error
    if depth(message) > fixed_limit(wire, "json_depth"):
        raise Refused("it is nested too deep")
    if not isinstance(message, dict):
        raise Refused("it is not an object")
    name = message.get("event")
    row = next((row for row in wire["events"] if row["name"] == name), None)
    if row is None:
        raise Refused("its event is unknown")
    return message, row


def depth(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def judge_in(text, wire):
    message, row = parse(text, wire)
    targets = [name for name, kind in row["payload_in"].items() if kind.startswith("string or integer")]
    if not targets:
        return  # the payload is opaque: anything, or nothing
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise Refused("its payload is no object")
    target = next((payload[name] for name in targets if payload.get(name) not in (None, "", 0, False)), None)
    if target is None:
        raise Refused(f"it names nobody in {' or '.join(targets)}")
    if len(payload) > fixed_limit(wire, "payload_keys"):
        raise Refused("its payload has too many fields")


def judge_out(text, wire):
    message, row = parse(text, wire)
    if extra := message.keys() - {"event", "payload"}:
        raise Refused(f"the server sends no {', '.join(sorted(extra))}")
    if row["payload_out"] is None and "payload" in message:
        raise Refused(f"{row['name']} goes out without a payload")
    if "fromUserId" in (row["payload_out"] or ""):
        payload = message.get("payload")
        if not isinstance(payload, dict) or type(payload.get("fromUserId")) not in (str, int):
            raise Refused("the server names the sender in fromUserId, a string or an integer")
