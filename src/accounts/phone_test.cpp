#include "accounts/phone.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace zvonok::accounts {
namespace {

using ports::AddressKind;
using ::testing::HasSubstr;

// "?": no number in any country. "+": could be one with its country in front.
std::string phone(std::string_view typed, std::string_view country = "") {
  const auto address = parse_phone(typed, country);
  if (address) {
    EXPECT_EQ(address->kind, AddressKind::kPhone);
    return address->text;
  }
  return address.error().find('+') == std::string_view::npos ? "?" : "+";
}

TEST(Phone, RefusesWhatIsNoNumber) {
  for (const std::string typed : {"",
                                  " ",
                                  "+",
                                  "++79990000001",
                                  "phone",
                                  "+7",
                                  "+7 999 00",
                                  "+7999000000O1",
                                  "tel:+79990000001",
                                  "+79990000001 ext. 5",
                                  "+79990000001#5",
                                  "+79990000001*5",
                                  "+7(999)0000001)",
                                  "+7(999 000 00 01",
                                  "+7((999))0000001",
                                  "+7 999 000-00-01+",
                                  "79990000001+",
                                  "(+7)9990000001",
                                  "<79990000001>",
                                  "+7999000\xff 0001",
                                  "+7999000\xc2",
                                  "+७९९९०००००००१",
                                  "+7999000000½"})
    EXPECT_EQ(phone(typed), "?") << typed;
  EXPECT_EQ(phone(std::string("+7999000000\0001", 13)), "?");
  EXPECT_EQ(phone("+" + std::string(300, '7')), "?");
}

TEST(Phone, RefusesNumbersThatNobodyHas) {
  for (const auto* typed :
       {"+0123456789", "+00 7 999 000 00 01", "00 0 999 000 00 01", "+1234567", "+1234567890123456",
        "+12345678901234567890", "+7 999 000 00 0", "+7 999 000 00 011", "+7 8 999 000 00 01",
        "+7 (8) 999 000 00 01", "+7 000 000 00 01", "+7 099 000 00 01", "+7 199 000 00 01", "+1 202 555 010",
        "+1 202 555 01000", "+1 002 555 0100", "+1 102 555 0100"})
    EXPECT_EQ(phone(typed), "?") << typed;
}

// Each of them would be somebody's number if it were read with too good a will.
TEST(Phone, RefusesWhatCouldBeTheNumberOfAnother) {
  EXPECT_EQ(phone("+8 495 123-45-67"), "?") << "in Moscow 8 495 …; +84 is Vietnam";
  EXPECT_EQ(phone("+8(495)1234567"), "?");
  EXPECT_EQ(phone("+8 (029) 123-45-67"), "?");
  EXPECT_EQ(phone("+3725551234/5678"), "?") << "two numbers";
  EXPECT_EQ(phone("+79990000001,+79990000002"), "?");
  EXPECT_EQ(phone("+79990000001;79990000002"), "?");
  EXPECT_EQ(phone("+7999000000 or 1"), "?");
  EXPECT_EQ(phone("001 7 999 000 00 01"), "?") << "00 1 is not how Thailand's 001 is meant elsewhere";
  EXPECT_EQ(phone("0011 44 20 7946 0004", "AU"), "?");
}

TEST(Phone, RefusesANationalFormWithADigitMissing) {
  for (const auto* typed :
       {"8 999 000 00 0", "8 484 212 34 5", "7 999 000 00 0", "999 000 00 0", "812 000-00-02"})
    EXPECT_EQ(phone(typed, "RU"), "+") << typed;
  EXPECT_EQ(phone("1 202 555 010", "US"), "+");
  EXPECT_EQ(phone("020 7946 00", "GB"), "+");
  EXPECT_EQ(phone("88 000 000", "TJ"), "+");
}

TEST(Phone, WantsAPlusWithoutACountryToGoBy) {
  for (const auto* typed : {"8 (999) 000-00-01", "79990000001", "9990000001", "020 7946 0004",
                            "0 (0) 20 7946 0004", "8(0)29 1234567", "12025550100", "999"})
    EXPECT_EQ(phone(typed), "+") << typed;
  EXPECT_THAT(std::string(parse_phone("8 999 000 00 01", "").error()), HasSubstr("Start the number with +"));
  EXPECT_EQ(phone("8 999 000 00 01", "XX"), "+");
  EXPECT_EQ(phone("8 999 000 00 01", "ru"), "+") << "ISO 3166 has capitals";
}

TEST(Phone, TakesTheHabitsOfAllInOneForm) {
  for (const auto* typed : {"+79990000001",
                            "+7 999 000-00-01",
                            "+7 (999) 000-00-01",
                            "+7(999)0000001",
                            "+7.999.000.00.01",
                            " +7 999 000 00 01\n",
                            "007 999 000 00 01",
                            "00 7 (999) 000-00-01",
                            "+7\u00a0(999)\u00a0000\u201100\u201101",
                            "+7\u2009999\u2007000\u202f00\u200b01",
                            "+7\u2012999\u2013000\u201400\u201501",
                            "+7\u2212999\u22120000001",
                            "\uff0b\uff17\uff08\uff19\uff19\uff19\uff09\uff0d0000001",
                            "\uff10\uff10\uff17\uff19\uff19\uff190000001",
                            "+7999000000\uff11",
                            "+7999\u0660\u0660\u0660\u0660\u0660\u0660\u0661",
                            "+7\u06f9\u06f9\u06f9\u06f0000001",
                            "\u202a+7 999 000-00-01\u202c",
                            "\u2066+79990000001\u2069",
                            "+7 (999)-000-00-01",
                            "\ufeff+79990000001"})
    EXPECT_EQ(phone(typed), "+79990000001") << typed;
}

TEST(Phone, KeepsAnEightThatIsPartOfTheNumber) {
  for (const auto* country : {"", "RU", "KZ", "BY"}) {
    EXPECT_EQ(phone("+78120000002", country), "+78120000002");
    EXPECT_EQ(phone("+7 (812) 000-00-02", country), "+78120000002");
    EXPECT_EQ(phone("+7 800 000 00 02", country), "+78000000002");
  }
  EXPECT_EQ(phone("8 812 000-00-02", "RU"), "+78120000002");
  EXPECT_EQ(phone("8 (800) 000-00-02", "RU"), "+78000000002");
}

TEST(Phone, ReadsNationalFormsInTheirOwnCountryAlone) {
  for (const auto* typed : {"8 (999) 000-00-01", "89990000001", "7 999 000 00 01", "79990000001",
                            "999 000-00-01", "8-999-000-00-01"}) {
    EXPECT_EQ(phone(typed, "RU"), "+79990000001") << typed;
    EXPECT_EQ(phone(typed, "KZ"), "+79990000001") << typed;
    EXPECT_EQ(phone(typed, ""), "+") << typed;
  }
  EXPECT_EQ(phone("8 029 123-45-67", "BY"), "+375291234567");
  EXPECT_EQ(phone("8 (029) 123-45-67", "BY"), "+375291234567");
  EXPECT_EQ(phone("80291234567", "BY"), "+375291234567");
  EXPECT_EQ(phone("29 123 45 67", "BY"), "+375291234567");
  EXPECT_EQ(phone("375 29 123 45 67", "BY"), "+375291234567");
  EXPECT_EQ(phone("044 123 45 67", "UA"), "+380441234567");
  EXPECT_EQ(phone("020 7946 0004", "GB"), "+442079460004");
  EXPECT_EQ(phone("20 7946 0004", "GB"), "+442079460004");
  EXPECT_EQ(phone("0151 12345678", "DE"), "+4915112345678");
  EXPECT_EQ(phone("06 20 123 4567", "HU"), "+36201234567");
  EXPECT_EQ(phone("(202) 555-0100", "US"), "+12025550100");
  EXPECT_EQ(phone("1 202 555 0100", "US"), "+12025550100");
  EXPECT_EQ(phone("06 6982 0000", "IT"), "+390669820000") << "its zero is part of the number";
  EXPECT_EQ(phone("88 000 0003", "TJ"), "+992880000003");
}

TEST(Phone, ReadsAnotherCountrysNumberWithItsPlusInAnyCountry) {
  for (const auto* country : {"", "RU", "BY", "GB", "US"}) {
    EXPECT_EQ(phone("+992 88 000 0003", country), "+992880000003");
    EXPECT_EQ(phone("+44 20 7946 0004", country), "+442079460004");
    EXPECT_EQ(phone("0044 20 7946 0004", country), "+442079460004");
    EXPECT_EQ(phone("+86 138 0000 0000", country), "+8613800000000");
  }
}

TEST(Phone, LeavesOutAZeroForCallersWithinTheCountry) {
  for (const auto* typed : {"+44 (0)20 7946 0004", "+44(0)2079460004", "0044 (0)20 7946 0004",
                            "+44 020 7946 0004", "+44 (020) 7946 0004", "+44\uff08\uff10\uff0920 7946 0004"})
    EXPECT_EQ(phone(typed), "+442079460004") << typed;
  EXPECT_EQ(phone("+49 0151 12345678"), "+4915112345678");
  EXPECT_EQ(phone("+36 06 20 123 4567"), "+36201234567");
  EXPECT_EQ(phone("+39 (0)6 6982 0000"), "+390669820000") << "its zero is part of the number";
  EXPECT_EQ(phone("+39 06 6982 0000"), "+390669820000");
  EXPECT_EQ(phone("(0)20 7946 0004", "GB"), "+442079460004");
}

TEST(Phone, RefusesANationalFormThatCanBeReadInTwoWays) {
  EXPECT_EQ(phone("49 30 123456", "DE"), "+") << "+49 30 123456, or +49 4930 123456";
  EXPECT_EQ(phone("391 234 5678", "IT"), "+");
  EXPECT_EQ(phone("49 030 123456", "DE"), "+");
  EXPECT_EQ(phone("810 44 20 7946 0004", "RU"), "+") << "the way out of Russia";
}

// Goal: no form of a number, in any country, ever reaches another number.
// Method: the digits of what comes out are those that were typed, but for a prefix; each country is tried
// with each.
TEST(Phone, NeverInventsDigits) {
  const std::vector<std::string> typed{"+79990000001",  "79990000001",    "89990000001", "9990000001",
                                       "0079990000001", "+442079460004",  "02079460004", "2079460004",
                                       "442079460004",  "+4402079460004", "80291234567", "0291234567",
                                       "291234567",     "00375291234567"};
  for (const auto* country :
       {"", "RU", "KZ", "BY", "UA", "DE", "GB", "IT", "US", "HU", "TM", "TJ", "FI", "CN"}) {
    for (const auto& text : typed) {
      const auto found = phone(text, country);
      if (found == "+" || found == "?") continue;
      auto national = text.substr(text.find_first_not_of("+08"));
      EXPECT_TRUE(found.ends_with(national) || text.ends_with(found.substr(found.size() - 8)))
          << text << ' ' << country << ' ' << found;
      EXPECT_EQ(phone(found, country), found) << "what is kept means itself, wherever it is read";
      EXPECT_EQ(phone(found, ""), found);
    }
  }
}

TEST(Phone, KnowsCountriesByTheirTwoLetters) {
  EXPECT_TRUE(is_known_country("RU"));
  EXPECT_TRUE(is_known_country("BR"));
  for (const auto* country : {"", "ru", "RUS", "XX", "R"}) EXPECT_FALSE(is_known_country(country)) << country;
}

}  // namespace
}  // namespace zvonok::accounts
