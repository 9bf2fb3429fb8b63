#include "accounts/email.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace zvonok::accounts {
namespace {

using ports::AddressKind;

std::string email(std::string_view typed) {
  const auto address = parse_email(typed);
  if (!address) return "";
  EXPECT_EQ(address->kind, AddressKind::kEmail);
  return address->text;
}

TEST(Email, RefusesListsOfAddresses) {
  for (const auto* typed :
       {"a@example.org,b@example.org", "a@example.org, b@example.org", "a@example.org;b@example.org",
        "a@example.org b@example.org", "a,b@example.org", "a@b@example.org", "a@example.org\nb@example.org",
        "a@example.org\tb@example.org", "group:a@example.org;", "a@example.org,", ",a@example.org"})
    EXPECT_EQ(email(typed), "") << typed;
}

TEST(Email, RefusesWhatWouldWriteIntoAMail) {
  for (const std::string typed : {"a@example.org\r\nBcc: b@example.org",
                                  "a\r\n@example.org",
                                  "a@exam\nple.org",
                                  "a@example.org\rb",
                                  "a\x01@example.org",
                                  "a\x7f@example.org",
                                  "a@example.org\x1b[2J",
                                  "<a@example.org>",
                                  "Anna <a@example.org>",
                                  "a@example.org>",
                                  "\"a b\"@example.org",
                                  "\"a\"@example.org",
                                  "a\\@example.org",
                                  "a(b)@example.org",
                                  "a@(b)example.org",
                                  "a@[192.0.2.1]",
                                  "a:b@example.org",
                                  "a[b]@example.org",
                                  "\u202ea@example.org",
                                  "a\u200f@example.org",
                                  "a\u0085@example.org",
                                  "a\u2028@example.org"})
    EXPECT_EQ(email(typed), "") << typed;
  EXPECT_EQ(email(std::string("a\0@example.org", 14)), "");
  EXPECT_EQ(email(std::string("a@example.org\0", 14)), "");
  EXPECT_EQ(email(std::string("a@exam\0ple.org", 14)), "");
}

// Old mail servers relay by them: it would not be somebody of the domain.
TEST(Email, RefusesARoute) {
  for (const auto* typed :
       {"a%elsewhere.net@example.org", "elsewhere.net!a@example.org", "@elsewhere.net:a@example.org"})
    EXPECT_EQ(email(typed), "") << typed;
}

TEST(Email, RefusesWhatNobodySees) {
  for (const auto* typed : {"a\u200b@example.org", "a@exam\u200cple.org", "a\u2060@example.org",
                            "a@example\ufeff.org", "a\u00a0@example.org", "a@ example.org", "a @example.org"})
    EXPECT_EQ(email(typed), "") << typed;
}

TEST(Email, RefusesWhatIsNoAddress) {
  for (const std::string typed : {"",
                                  " ",
                                  "@",
                                  "a",
                                  "a@",
                                  "@example.org",
                                  "example.org",
                                  "a@example",
                                  "a@.example.org",
                                  "a@example..org",
                                  "a@example.org.",
                                  "a@-example.org",
                                  "a@example-.org",
                                  "a@exam_ple.org",
                                  "a@example.org/x",
                                  ".a@example.org",
                                  "a.@example.org",
                                  "a..b@example.org",
                                  "+79990000001",
                                  "a@localhost",
                                  "a@example.org:25",
                                  "a@\xff.org",
                                  "\xc3@example.org",
                                  "\xed\xa0\x80@example.org",
                                  "\xc0\xaf@example.org"})
    EXPECT_EQ(email(typed), "") << typed;
}

TEST(Email, HasTheLengthsOfTheStandard) {
  EXPECT_EQ(email(std::string(64, 'a') + "@example.org"), std::string(64, 'a') + "@example.org");
  EXPECT_EQ(email(std::string(65, 'a') + "@example.org"), "");
  const std::string label(63, 'a');
  EXPECT_EQ(email("a@" + label + ".org"), "a@" + label + ".org");
  EXPECT_EQ(email("a@" + label + "a.org"), "");
  std::string longest = "a@" + label + '.' + label + '.' + label + '.';
  longest += std::string(254 - longest.size(), 'b');
  EXPECT_EQ(email(longest), longest);
  EXPECT_EQ(email(longest + "b"), "");
  EXPECT_EQ(email(" " + longest + " "), longest) << "blanks around it do not count";
}

TEST(Email, ComparesTheDomainAloneWithoutCase) {
  EXPECT_EQ(email("Anna.Petrova@EXAMPLE.Org"), "Anna.Petrova@example.org");
  EXPECT_NE(email("anna@example.org"), email("Anna@example.org"));
  EXPECT_EQ(email("a@XN--E1AFMKFD.xn--p1ai"), "a@xn--e1afmkfd.xn--p1ai");
}

TEST(Email, TakesAllThatAnAddressMayHave) {
  for (const auto* typed :
       {"a@b.co", "anna+zvonok@example.org", "a.b-c_d@sub.example.org", "#$&'*+-/=?^_`{|}~@example.org",
        "1@2.3", "o'brien@example.org", "анна@пример.рф", "anna@пример.рф", "\U0001F600@example.org"})
    EXPECT_EQ(email(typed), typed);
  EXPECT_EQ(email("  a@example.org\r\n"), "a@example.org");
}

TEST(Email, IsInADomainThatIsExactlyThat) {
  const std::vector<std::string> domains{"example.org", "пример.рф"};
  EXPECT_TRUE(is_in_domains(*parse_email("a@example.org"), domains));
  EXPECT_TRUE(is_in_domains(*parse_email("a@EXAMPLE.org"), domains));
  EXPECT_TRUE(is_in_domains(*parse_email("a@пример.рф"), domains));
  for (const auto* typed : {"a@sub.example.org", "a@notexample.org", "a@example.org.evil.com",
                            "example.org@evil.com", "a@exam\u0440le.org", "a@\uff45xample.org"}) {
    const auto address = parse_email(typed);
    ASSERT_TRUE(address) << typed;
    EXPECT_FALSE(is_in_domains(*address, domains)) << typed;
  }
  EXPECT_FALSE(is_in_domains(*parse_email("a@example.org"), std::vector<std::string>()));
  EXPECT_FALSE(is_in_domains(Address{AddressKind::kPhone, "a@example.org"}, domains));
}

}  // namespace
}  // namespace zvonok::accounts
