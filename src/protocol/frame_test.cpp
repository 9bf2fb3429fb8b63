#include "protocol/frame.hpp"

#include <gtest/gtest.h>

#include <random>

#include "protocol/frame_test_support.hpp"

namespace zvonok::protocol {
namespace {

using namespace std::string_literals;
using Kind = FrameItem::Kind;

constexpr FrameLimits kSmall{.message_bytes = 100'000, .fragments = 4};
constexpr std::uint8_t kContinuation = 0;

Item text(std::string payload) {
  return {.kind = Kind::kText, .payload = std::move(payload)};
}
Item binary(std::string payload) {
  return {.kind = Kind::kBinary, .payload = std::move(payload)};
}
Item ping(std::string payload) {
  return {.kind = Kind::kPing, .payload = std::move(payload)};
}
Item pong(std::string payload) {
  return {.kind = Kind::kPong, .payload = std::move(payload)};
}
Item closed(std::uint16_t code, std::string reason = "") {
  return {.kind = Kind::kClose, .payload = std::move(reason), .close_code = code};
}
Item error(CloseReason reason) {
  return {.kind = Kind::kError, .error = reason};
}
const Item kBadFrame = error(CloseReason::kProtocolError);

std::string frame(std::uint8_t opcode, std::string_view payload, const FrameForm& form = {}) {
  return client_frame(opcode, payload, form);
}
// A fragment that is not the last.
std::string part(std::uint8_t opcode, std::string_view payload) {
  return frame(opcode, payload, {.fin = false});
}
std::string close_body(std::uint16_t code, std::string_view reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(reason);
}

struct Case {
  const char* name;
  std::string bytes;
  std::vector<Item> items;
  bool unfinished = false;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

class FrameCase : public ::testing::TestWithParam<Case> {
 protected:
  void expect(const Decoding& decoding) {
    const Case& c = GetParam();
    EXPECT_EQ(decoding.items, c.items);
    EXPECT_EQ(decoding.in_progress, c.unfinished);
  }
};

TEST_P(FrameCase, GivesItsItemsWhenFedWhole) {
  expect(decode(GetParam().bytes, whole(), kSmall));
}

TEST_P(FrameCase, GivesTheSameItemsByteByByte) {
  expect(decode(GetParam().bytes, pieces_of(1), kSmall));
}

TEST_P(FrameCase, GivesTheSameItemsInRandomCuts) {
  const auto seed = GTEST_FLAG_GET(random_seed) != 0 ? static_cast<unsigned>(GTEST_FLAG_GET(random_seed))
                                                     : std::random_device{}();
  SCOPED_TRACE("--gtest_random_seed=" + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    // Small pieces cut headers, large ones leave whole frames in the buffer behind a cut one.
    const std::size_t piece_max = round % 2 == 0 ? 20 : GetParam().bytes.size() + 1;
    expect(decode(
        GetParam().bytes, [&](std::size_t) { return 1 + random() % piece_max; }, kSmall));
  }
}

const std::string k125(125, 'a'), k126(126, 'b'), k65535(65'535, 'c'), k65536(65'536, 'd');
const std::string kCyrillic = "Привет";  // two bytes a letter
const std::string kEmoji = "\xf0\x9f\x98\x80";

INSTANTIATE_TEST_SUITE_P(
    Lengths, FrameCase,
    ::testing::Values(
        Case{"Empty", frame(kOpcodeText, ""), {text("")}},
        Case{"OneByte", frame(kOpcodeText, "x"), {text("x")}},
        Case{"Largest7Bit", frame(kOpcodeText, k125), {text(k125)}},
        Case{"Smallest16Bit", frame(kOpcodeText, k126), {text(k126)}},
        Case{"127Bytes", frame(kOpcodeText, k126 + "b"), {text(k126 + "b")}},
        Case{"Largest16Bit", frame(kOpcodeBinary, k65535), {binary(k65535)}},
        Case{"Smallest64Bit", frame(kOpcodeBinary, k65536), {binary(k65536)}},
        Case{"OneBehindAnother",
             frame(kOpcodeText, "a") + frame(kOpcodeBinary, k126) + frame(kOpcodeText, ""),
             {text("a"), binary(k126), text("")}},
        Case{"ZeroIn16Bit", frame(kOpcodeText, "", {.length_bytes = 2}), {kBadFrame}},
        Case{"125In16Bit", frame(kOpcodeText, k125, {.length_bytes = 2}), {kBadFrame}},
        Case{"125In64Bit", frame(kOpcodeText, k125, {.length_bytes = 8}), {kBadFrame}},
        Case{"126In64Bit", frame(kOpcodeText, k126, {.length_bytes = 8}), {kBadFrame}},
        Case{"65535In64Bit", frame(kOpcodeText, k65535, {.length_bytes = 8}), {kBadFrame}},
        Case{"TopBitOf64Bit", frame(kOpcodeText, "", {.declared = std::uint64_t{1} << 63}), {kBadFrame}},
        Case{"AllBitsOf64Bit", "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\2\3\4"s, {kBadFrame}}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Masks, FrameCase,
    ::testing::Values(
        Case{"Rfc6455Example", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s, {text("Hello")}},
        Case{"OfZeros", frame(kOpcodeText, "Hello", {.mask = "\0\0\0\0"s}), {text("Hello")}},
        Case{"OfOnes", frame(kOpcodeText, k126, {.mask = "\xff\xff\xff\xff"}), {text(k126)}},
        Case{"OfFourDifferentBytes",
             frame(kOpcodeBinary, "0123456789abcdefghijklm", {.mask = "\x01\x02\x04\x80"}),
             {binary("0123456789abcdefghijklm")}},
        Case{"MissingOnText", frame(kOpcodeText, "Hello", {.masked = false}), {kBadFrame}},
        Case{"MissingOnEmptyText", frame(kOpcodeText, "", {.masked = false}), {kBadFrame}},
        Case{"MissingOnPing", frame(kOpcodePing, "", {.masked = false}), {kBadFrame}},
        Case{"MissingOnClose", frame(kOpcodeClose, close_body(1000), {.masked = false}), {kBadFrame}},
        Case{"MissingOnContinuation",
             part(kOpcodeText, "a") + frame(kContinuation, "b", {.masked = false}),
             {kBadFrame}}),
    [](const auto& c) { return c.param.name; });

std::vector<Case> reserved_bits_and_opcodes() {
  static constexpr const char* kRsvNames[] = {"",     "Rsv3",     "Rsv2",     "Rsv2And3",
                                              "Rsv1", "Rsv1And3", "Rsv1And2", "AllRsv"};
  static constexpr const char* kOpcodeNames[] = {
      "", "", "", "Opcode3", "Opcode4", "Opcode5", "Opcode6", "Opcode7",
      "", "", "", "OpcodeB", "OpcodeC", "OpcodeD", "OpcodeE", "OpcodeF"};
  std::vector<Case> cases;
  for (std::uint8_t rsv = 1; rsv < 8; ++rsv) {
    cases.push_back({kRsvNames[rsv], frame(kOpcodeText, "a", {.rsv = rsv}), {kBadFrame}});
  }
  for (std::uint8_t opcode = 0; opcode < 16; ++opcode) {
    if (*kOpcodeNames[opcode] == '\0') continue;
    // What comes before an error is still delivered.
    cases.push_back(
        {kOpcodeNames[opcode], frame(kOpcodeText, "a") + frame(opcode, "b"), {text("a"), kBadFrame}});
  }
  cases.push_back({"Rsv1OnPing", frame(kOpcodePing, "", {.rsv = 4}), {kBadFrame}});
  cases.push_back(
      {"Rsv1OnContinuation", part(kOpcodeText, "a") + frame(kContinuation, "b", {.rsv = 4}), {kBadFrame}});
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Reserved, FrameCase, ::testing::ValuesIn(reserved_bits_and_opcodes()),
                         [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Fragments, FrameCase,
    ::testing::Values(
        Case{"Two", part(kOpcodeText, "Hel") + frame(kContinuation, "lo"), {text("Hello")}},
        Case{"OfABinaryMessage",
             part(kOpcodeBinary, "\xff") + frame(kContinuation, "\xfe"),
             {binary("\xff\xfe")}},
        Case{"AllEmpty",
             part(kOpcodeText, "") + part(kContinuation, "") + frame(kContinuation, ""),
             {text("")}},
        Case{"SomeEmpty",
             part(kOpcodeText, "") + part(kContinuation, "a") + frame(kContinuation, ""),
             {text("a")}},
        Case{"TwoMessages",
             part(kOpcodeText, "a") + frame(kContinuation, "b") + part(kOpcodeBinary, "c") +
                 frame(kContinuation, "d"),
             {text("ab"), binary("cd")}},
        Case{"AMessageBehindThem",
             part(kOpcodeText, "a") + frame(kContinuation, "b") + frame(kOpcodeText, "c"),
             {text("ab"), text("c")}},
        Case{"ControlFramesBetween",
             part(kOpcodeText, "a") + frame(kOpcodePing, "1") + part(kContinuation, "b") +
                 frame(kOpcodePong, "") + frame(kOpcodePing, k125) + frame(kContinuation, "c"),
             {ping("1"), pong(""), ping(k125), text("abc")}},
        Case{"CloseBetween",
             part(kOpcodeText, "a") + frame(kOpcodeClose, close_body(1001)) + frame(kContinuation, "b"),
             {closed(1001)}},
        Case{"ContinuationOfNothing", frame(kContinuation, "a"), {kBadFrame}},
        Case{"ContinuationOfNothingNotLast", part(kContinuation, "a"), {kBadFrame}},
        Case{"ContinuationBehindAWholeMessage",
             frame(kOpcodeText, "a") + frame(kContinuation, "b"),
             {text("a"), kBadFrame}},
        Case{"TextInsideAMessage", part(kOpcodeText, "a") + frame(kOpcodeText, "b"), {kBadFrame}},
        Case{"BinaryInsideAMessage", part(kOpcodeText, "a") + part(kOpcodeBinary, "b"), {kBadFrame}},
        Case{"TextInsideAMessageBehindAPing",
             part(kOpcodeText, "a") + frame(kOpcodePing, "") + frame(kOpcodeText, "b"),
             {ping(""), kBadFrame}},
        Case{"AsManyAsAllowed",
             part(kOpcodeText, "a") + part(kContinuation, "b") + part(kContinuation, "c") +
                 frame(kContinuation, "d"),
             {text("abcd")}},
        Case{"ControlFramesAreNotCounted",
             part(kOpcodeText, "a") + part(kContinuation, "b") + frame(kOpcodePing, "") +
                 frame(kOpcodePing, "") + part(kContinuation, "c") + frame(kContinuation, "d"),
             {ping(""), ping(""), text("abcd")}},
        Case{"CountedAnewForEachMessage",
             part(kOpcodeText, "a") + part(kContinuation, "b") + frame(kContinuation, "c") +
                 part(kOpcodeText, "d") + part(kContinuation, "e") + frame(kContinuation, "f"),
             {text("abc"), text("def")}},
        Case{"OneTooMany",
             part(kOpcodeText, "a") + part(kContinuation, "b") + part(kContinuation, "c") +
                 part(kContinuation, "d") + frame(kContinuation, "e"),
             {error(CloseReason::kPolicy)}},
        Case{"OneEmptyTooMany",
             part(kOpcodeText, "") + part(kContinuation, "") + part(kContinuation, "") +
                 part(kContinuation, "") + part(kContinuation, ""),
             {error(CloseReason::kPolicy)}}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Control, FrameCase,
    ::testing::Values(Case{"Ping", frame(kOpcodePing, "are you there"), {ping("are you there")}},
                      Case{"EmptyPing", frame(kOpcodePing, ""), {ping("")}},
                      Case{"Pong", frame(kOpcodePong, "\xff\0x"s), {pong("\xff\0x"s)}},
                      Case{"LargestPing", frame(kOpcodePing, k125), {ping(k125)}},
                      Case{"PingOf126", frame(kOpcodePing, k126), {kBadFrame}},
                      Case{"PongOf65536", frame(kOpcodePong, k65536), {kBadFrame}},
                      Case{"PingInLongForm", frame(kOpcodePing, "a", {.length_bytes = 2}), {kBadFrame}},
                      Case{"FragmentedPing", part(kOpcodePing, "a"), {kBadFrame}},
                      Case{"FragmentedPong", part(kOpcodePong, ""), {kBadFrame}},
                      Case{"FragmentedClose", part(kOpcodeClose, close_body(1000)), {kBadFrame}},
                      Case{"Two", frame(kOpcodePing, "1") + frame(kOpcodePing, "2"), {ping("1"), ping("2")}}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Close, FrameCase,
    ::testing::Values(
        Case{"WithoutCode", frame(kOpcodeClose, ""), {closed(kNoCloseCode)}},
        Case{"WithCode", frame(kOpcodeClose, close_body(1000)), {closed(1000)}},
        Case{"WithReason", frame(kOpcodeClose, close_body(4001, kCyrillic)), {closed(4001, kCyrillic)}},
        Case{"LongestReason",
             frame(kOpcodeClose, close_body(1000, k125.substr(2))),
             {closed(1000, k125.substr(2))}},
        Case{"TooLong", frame(kOpcodeClose, close_body(1000, k125.substr(1))), {kBadFrame}},
        Case{"HalfACode", frame(kOpcodeClose, "\x03"), {kBadFrame}},
        Case{"ReservedCode", frame(kOpcodeClose, close_body(1005)), {kBadFrame}},
        Case{"CodeZero", frame(kOpcodeClose, close_body(0)), {kBadFrame}},
        Case{"ReasonNotUtf8",
             frame(kOpcodeClose, close_body(1000, "\xc0\xaf")),
             {error(CloseReason::kInvalidUtf8)}},
        Case{"ReasonCutInALetter",
             frame(kOpcodeClose, close_body(1000, "\xd0")),
             {error(CloseReason::kInvalidUtf8)}},
        // A bad code is the graver fault, and there is one answer however the bytes come.
        Case{"BadCodeAndReason", frame(kOpcodeClose, close_body(999, "\xff")), {kBadFrame}},
        Case{"NothingComesBehindIt",
             frame(kOpcodeClose, close_body(1000)) + frame(kOpcodeText, "late"),
             {closed(1000)}}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Utf8, FrameCase,
    ::testing::Values(
        Case{"ManyScripts",
             frame(kOpcodeText, kCyrillic + kEmoji + "\xe2\x82\xac"),
             {text(kCyrillic + kEmoji + "\xe2\x82\xac")}},
        Case{"ZeroByte", frame(kOpcodeText, "a\0b"s), {text("a\0b"s)}},
        Case{"LetterCutByFragments",
             part(kOpcodeText, "\xf0") + part(kContinuation, "\x9f\x98") + frame(kContinuation, "\x80"),
             {text(kEmoji)}},
        Case{"LetterCutByAPing",
             part(kOpcodeText, "\xd0") + frame(kOpcodePing, "\xff") + frame(kContinuation, "\x9f"),
             {ping("\xff"), text("\xd0\x9f")}},
        Case{"LetterCutAtTheEnd", frame(kOpcodeText, "ab\xd0"), {error(CloseReason::kInvalidUtf8)}},
        Case{"LetterCutAtTheEndOfTheLastFragment",
             part(kOpcodeText, "ab") + frame(kContinuation, "\xe2\x82"),
             {error(CloseReason::kInvalidUtf8)}},
        // The checker must not carry a cut letter of one message into the next.
        Case{"TwoFragmentedMessages",
             part(kOpcodeText, "\xd0") + frame(kContinuation, "\x9f") + part(kOpcodeText, "a") +
                 frame(kContinuation, "b"),
             {text("\xd0\x9f"), text("ab")}},
        Case{"Overlong", frame(kOpcodeText, "\xc0\x80"), {error(CloseReason::kInvalidUtf8)}},
        Case{"Surrogate", frame(kOpcodeText, "\xed\xa0\x80"), {error(CloseReason::kInvalidUtf8)}},
        Case{"PastTheLastCharacter",
             frame(kOpcodeText, "\xf4\x90\x80\x80"),
             {error(CloseReason::kInvalidUtf8)}},
        Case{"InvalidBehindAValidMessage",
             frame(kOpcodeText, "ok") + frame(kOpcodeText, "\xff"),
             {text("ok"), error(CloseReason::kInvalidUtf8)}},
        Case{"BinaryIsNotLookedAt", frame(kOpcodeBinary, "\xc0\x80\xff"), {binary("\xc0\x80\xff")}}),
    [](const auto& c) { return c.param.name; });

const std::string kLargest(kSmall.message_bytes, 'm');
INSTANTIATE_TEST_SUITE_P(
    Limits, FrameCase,
    ::testing::Values(Case{"LargestMessage", frame(kOpcodeText, kLargest), {text(kLargest)}},
                      Case{"OneByteTooLarge",
                           frame(kOpcodeText, "", {.declared = kSmall.message_bytes + 1}),
                           {error(CloseReason::kTooLarge)}},
                      Case{"LargestLengthThereIs",
                           frame(kOpcodeText, "", {.declared = UINT64_MAX >> 1}),
                           {error(CloseReason::kTooLarge)}},
                      Case{"LargestInFragments",
                           part(kOpcodeText, kLargest.substr(1)) + frame(kContinuation, "m"),
                           {text(kLargest)}},
                      Case{"OneByteTooLargeInFragments",
                           part(kOpcodeText, kLargest) + frame(kContinuation, "m"),
                           {error(CloseReason::kTooLarge)}},
                      Case{"LengthsWhoseSumOverflows",
                           part(kOpcodeText, "a") + frame(kContinuation, "", {.declared = UINT64_MAX >> 1}),
                           {error(CloseReason::kTooLarge)}},
                      Case{"EmptyFragmentBehindTheLargest",
                           part(kOpcodeText, kLargest) + frame(kContinuation, ""),
                           {text(kLargest)}},
                      Case{"PingBehindTheLargest",
                           part(kOpcodeText, kLargest) + frame(kOpcodePing, "p") + frame(kContinuation, ""),
                           {ping("p"), text(kLargest)}},
                      Case{"CountedAnewForEachMessage",
                           frame(kOpcodeBinary, kLargest) + frame(kOpcodeBinary, kLargest),
                           {binary(kLargest), binary(kLargest)}}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Unfinished, FrameCase,
    ::testing::Values(
        Case{"Header", frame(kOpcodeText, "abc").substr(0, 1), {}, true},
        Case{"Mask", frame(kOpcodeText, "abc").substr(0, 5), {}, true},
        Case{"Payload", frame(kOpcodeText, "abc").substr(0, 8), {}, true},
        Case{"OnlyItsPayload", frame(kOpcodeText, "abc").substr(0, 6), {}, true},
        Case{"Message", part(kOpcodeText, "abc"), {}, true},
        Case{"MessageBehindAPing", part(kOpcodeText, "abc") + frame(kOpcodePing, "p"), {ping("p")}, true},
        Case{"PingBehindAMessage",
             frame(kOpcodeText, "abc") + frame(kOpcodePing, "p").substr(0, 3),
             {text("abc")},
             true},
        Case{"NothingBehindAMessage",
             part(kOpcodeText, "abc") + frame(kContinuation, "d"),
             {text("abcd")},
             false},
        Case{"NothingBehindAPing", frame(kOpcodePing, "p"), {ping("p")}, false}),
    [](const auto& c) { return c.param.name; });

struct FailFastCase {
  const char* name;
  std::string bytes;
  std::size_t bytes_needed;  // to know that it is wrong
  CloseReason reason;

  friend void PrintTo(const FailFastCase& c, std::ostream* out) { *out << c.name; }
};

class FrameFailFast : public ::testing::TestWithParam<FailFastCase> {};

TEST_P(FrameFailFast, RefusesAtTheFirstByteThatCannotBeRight) {
  const auto& c = GetParam();
  const auto decoding = decode(c.bytes, pieces_of(1), kSmall);
  EXPECT_EQ(decoding.items, std::vector<Item>{error(c.reason)});
  EXPECT_EQ(decoding.fed, c.bytes_needed);
}

INSTANTIATE_TEST_SUITE_P(
    Frame, FrameFailFast,
    ::testing::Values(
        FailFastCase{"ReservedBit", frame(kOpcodeText, "abc", {.rsv = 4}), 1, CloseReason::kProtocolError},
        FailFastCase{"ReservedOpcode", frame(3, "abc"), 1, CloseReason::kProtocolError},
        FailFastCase{"FragmentedPing", part(kOpcodePing, "abc"), 1, CloseReason::kProtocolError},
        FailFastCase{"NoMask", frame(kOpcodeText, k65536, {.masked = false}), 2, CloseReason::kProtocolError},
        FailFastCase{"TooLarge", frame(kOpcodeText, kLargest + "m"), 14, CloseReason::kTooLarge},
        FailFastCase{"LongPing", frame(kOpcodePing, k126), 8, CloseReason::kProtocolError},
        FailFastCase{"ContinuationOfNothing", frame(kContinuation, "abc"), 6, CloseReason::kProtocolError},
        FailFastCase{"OneFragmentTooMany",
                     part(kOpcodeText, "") + part(0, "") + part(0, "") + part(0, "") + frame(0, "abc"), 30,
                     CloseReason::kPolicy},
        FailFastCase{"SurrogateAtItsSecondByte", frame(kOpcodeText, "ab\xed\xa0\x80 and more"), 6 + 4,
                     CloseReason::kInvalidUtf8},
        FailFastCase{"OverlongAtItsFirstByte", frame(kOpcodeText, "ab\xc0\x80 and more"), 6 + 3,
                     CloseReason::kInvalidUtf8},
        FailFastCase{"InAFragmentThatIsNotTheLast", part(kOpcodeText, "\xd0") + part(kContinuation, "x more"),
                     7 + 7, CloseReason::kInvalidUtf8}),
    [](const auto& c) { return c.param.name; });

static_assert(sizeof(FrameDecoder) == sizeof(void*), "an idle connection pays for one pointer");

TEST(FrameDecoder, HoldsNoMemoryOnceAMessageIsTaken) {
  // in_progress() says whether the one pointer is set; all the memory of a decoder hangs on it.
  const std::string bytes =
      part(kOpcodeText, k65535) + frame(kContinuation, "end") + frame(kOpcodeText, "next").substr(0, 1);
  std::string buffer = bytes + std::string(kReadablePadding, '\0');
  FrameDecoder decoder;
  std::span<char> cut(buffer.data(), bytes.size() - 3);
  EXPECT_EQ(decoder.next(cut, kSmall).kind, Kind::kNeedMore);
  EXPECT_TRUE(decoder.in_progress());
  std::span<char> rest(buffer.data() + bytes.size() - 3, 2);
  EXPECT_EQ(decoder.next(rest, kSmall).kind, Kind::kText);
  EXPECT_EQ(decoder.next(rest, kSmall).kind, Kind::kNeedMore);
  EXPECT_FALSE(decoder.in_progress());
}

TEST(FrameDecoder, ReturnsAViewOfTheBufferWhenAMessageLiesWholeInIt) {
  std::string buffer = frame(kOpcodeText, "first") + frame(kOpcodeText, "second");
  buffer.append(kReadablePadding, '\0');
  std::span<char> input(buffer.data(), buffer.size() - kReadablePadding);
  FrameDecoder decoder;
  const FrameItem first = decoder.next(input, kSmall);
  const FrameItem second = decoder.next(input, kSmall);
  EXPECT_EQ(first.payload.data(), buffer.data() + 6);
  EXPECT_EQ(first.payload, "first") << "it lives as long as the buffer, not only until the next call";
  EXPECT_EQ(second.payload.data(), buffer.data() + 6 + 5 + 6);
}

// Goal: a message is the same whatever its fragments, the control frames between them and the cuts of the
// bytes are. Method: write random messages in random ways; what was written is what must be read.
TEST(FrameDecoder, ReadsWhatWasWrittenWhateverTheFragmentsAndCuts) {
  const auto seed = GTEST_FLAG_GET(random_seed) != 0 ? static_cast<unsigned>(GTEST_FLAG_GET(random_seed))
                                                     : std::random_device{}();
  SCOPED_TRACE("--gtest_random_seed=" + std::to_string(seed));
  std::mt19937 random(seed);
  const FrameLimits limits{.message_bytes = 1000, .fragments = 1000};
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    std::vector<Item> written;
    for (auto messages = random() % 5; messages > 0; --messages) {
      const bool is_text = random() % 2 == 0;
      std::string message;
      for (auto letters = random() % 150; letters > 0; --letters) message += random() % 2 == 0 ? kEmoji : "z";
      std::uint8_t opcode = is_text ? kOpcodeText : kOpcodeBinary;
      std::size_t place = 0;
      bool last = false;
      while (!last) {
        const std::size_t size = std::min<std::size_t>(random() % 200, message.size() - place);
        last = place + size == message.size() && random() % 2 == 0;
        std::string mask(4, '\0');
        for (char& c : mask) c = static_cast<char>(random());
        bytes += frame(opcode, std::string_view(message).substr(place, size), {.fin = last, .mask = mask});
        place += size;
        opcode = kContinuation;
        if (!last && random() % 3 == 0) {
          bytes += frame(kOpcodePing, "between");
          written.push_back(ping("between"));
        }
      }
      written.push_back(is_text ? text(message) : binary(message));
    }
    const auto piece_max = 1 + random() % 300;
    const auto decoding = decode(
        bytes, [&](std::size_t) { return 1 + random() % piece_max; }, limits);
    ASSERT_EQ(decoding.items, written) << "round " << round;
    ASSERT_FALSE(decoding.in_progress);
  }
}

TEST(CloseCode, IsValidWhereTheRegistryAndTheRfcSaySo) {
  for (std::uint32_t code = 0; code <= 0xffff; ++code) {
    const bool registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    const bool of_libraries_or_private = code >= 3000 && code <= 4999;
    ASSERT_EQ(is_valid_close_code(static_cast<std::uint16_t>(code)), registered || of_libraries_or_private)
        << code;
  }
}

TEST(ServerFrame, HasTheShortestLengthAndNoMask) {
  const auto header = [](std::uint8_t opcode, std::size_t size) {
    char bytes[kServerHeaderMax];
    return std::string(bytes, write_frame_header(opcode, size, bytes));
  };
  EXPECT_EQ(header(kOpcodeText, 0), "\x81\0"s);
  EXPECT_EQ(header(kOpcodeText, 125), "\x81\x7d");
  EXPECT_EQ(header(kOpcodeText, 126), "\x81\x7e\0\x7e"s);
  EXPECT_EQ(header(kOpcodeText, 65'535), "\x81\x7e\xff\xff");
  EXPECT_EQ(header(kOpcodeText, 65'536), "\x81\x7f\0\0\0\0\0\1\0\0"s);
  EXPECT_EQ(header(kOpcodePing, 0), "\x89\0"s);
  EXPECT_EQ(header(kOpcodePong, 125), "\x8a\x7d");
}

TEST(ServerFrame, ClosesWithCodeAndReason) {
  EXPECT_EQ(close_frame(4001, "Unauthorized"), "\x88\x0e\x0f\xa1Unauthorized");
  EXPECT_EQ(close_frame(1000, ""), "\x88\x02\x03\xe8");
  EXPECT_EQ(close_frame(1000, k125.substr(2)), "\x88\x7d\x03\xe8" + k125.substr(2));
}

TEST(ServerFrame, NeverPutsTheCodeThatMeansNoCodeOnTheWire) {
  EXPECT_EQ(close_frame(kNoCloseCode, "ignored"), "\x88\0"s);
}

TEST(ServerFrameDeathTest, RefusesAReasonThatDoesNotFit) {
  EXPECT_DEATH((void)close_frame(1000, k125.substr(1)), "reason");
}

}  // namespace
}  // namespace zvonok::protocol
