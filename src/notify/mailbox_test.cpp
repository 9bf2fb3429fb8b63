#include "notify/mailbox.hpp"

#include <gtest/gtest.h>

namespace zvonok::notify {
namespace {

TEST(MailAddress, RefusesWhatCouldBeMoreThanOneOrNone) {
  for (const std::string text :
       {"",        "@",      "a",       "a@",      "@b",     "a@b@c",        "a b@c",  "a@b,c@d",
        "a@b;c@d", "<a@b>",  "a@b>",    "\"a\"@b", "a(b)@c", "a@[10.0.0.1]", "a\\b@c", "a@b\r\nBcc: c@d",
        "a@b\nc",  "a\tb@c", "a\x7f@b", "a@b:c"})
    EXPECT_FALSE(is_mail_address(text)) << text;
  EXPECT_FALSE(is_mail_address(std::string("a\0@b", 4)));
  EXPECT_FALSE(is_mail_address(std::string(250, 'a') + "@b.ru"));
}

TEST(MailAddress, TakesWhatPeopleHave) {
  for (const std::string text :
       {"a@b", "anna.o'neil+calls@mail.example.org", "иван@почта.рф", "a!#$%&*=?^_`{|}~/@b.c"})
    EXPECT_TRUE(is_mail_address(text)) << text;
  EXPECT_TRUE(is_mail_address(std::string(249, 'a') + "@b.ru"));
}

void expect_mailbox(std::string_view text, std::string_view name, std::string_view address) {
  const auto mailbox = read_mailbox(text);
  ASSERT_TRUE(mailbox) << text;
  EXPECT_EQ(mailbox->name, name);
  EXPECT_EQ(mailbox->address, address);
  EXPECT_EQ(mailbox_problem(text), "");
}

TEST(Mailbox, IsAnAddressOrANameAndAnAddress) {
  expect_mailbox("a@example.org", "", "a@example.org");
  expect_mailbox(" a@example.org ", "", "a@example.org");
  expect_mailbox("<a@example.org>", "", "a@example.org");
  expect_mailbox("Calls <a@example.org>", "Calls", "a@example.org");
  expect_mailbox("\"Calls, Inc.\" <a@example.org>", "Calls, Inc.", "a@example.org");
  expect_mailbox("Звонок<a@example.org>", "Звонок", "a@example.org");
}

TEST(Mailbox, IsRefusedWhenItIsMoreThanOneOrBroken) {
  for (const std::string text : {"", "calls", "Calls a@example.org", "Calls <a@example.org", "Calls <>",
                                 "<a@b>, <c@d>", "a@b, c@d", "Calls <a@b> more", "\"Calls <a@b>",
                                 "A\r\nBcc: c@d <a@b>", "A\n <a@b>", "A \"B\" C <a@b>", "Calls <a b@c>"}) {
    EXPECT_FALSE(read_mailbox(text)) << text;
    EXPECT_NE(mailbox_problem(text), "");
  }
  EXPECT_FALSE(read_mailbox(std::string(129, 'a') + " <a@b>"));
}

}  // namespace
}  // namespace zvonok::notify
