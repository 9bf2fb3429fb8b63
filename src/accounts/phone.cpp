#include "accounts/phone.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "accounts/text.hpp"

namespace zvonok::accounts {
namespace {

using base::Unexpected;

constexpr std::size_t kTypedBytesMax = 256;
constexpr std::size_t kDigitsMin = 8,
                      kDigitsMax = 15;  // ITU-T E.164 section 6.1; no shorter one takes messages

constexpr AddressProblem kNoNumber = "This is not a phone number.";
constexpr AddressProblem kStartWithPlus = "Start the number with + and the code of the country.";

/// How people of a country write a number of their own: behind a trunk prefix that is not part of it.
struct Country {
  std::string_view name, code, trunk;
  std::size_t digits_min, digits_max;  // of a national number, without the trunk prefix
};

// libphonenumber knows all of them, but Debian's excludes the Boost that this server needs.
constexpr std::array kCountries{
    Country{"RU", "7", "8", 10, 10},  Country{"KZ", "7", "8", 10, 10},  Country{"BY", "375", "80", 9, 9},
    Country{"UA", "380", "0", 9, 9},  Country{"AM", "374", "0", 8, 8},  Country{"AZ", "994", "0", 9, 9},
    Country{"GE", "995", "0", 9, 9},  Country{"KG", "996", "0", 9, 9},  Country{"MD", "373", "0", 8, 8},
    Country{"TJ", "992", "", 9, 9},   Country{"TM", "993", "8", 8, 8},  Country{"UZ", "998", "", 9, 9},
    Country{"EE", "372", "", 7, 8},   Country{"LV", "371", "", 8, 8},   Country{"LT", "370", "0", 8, 8},
    Country{"FI", "358", "0", 6, 11}, Country{"SE", "46", "0", 7, 10},  Country{"NO", "47", "", 8, 8},
    Country{"DK", "45", "", 8, 8},    Country{"PL", "48", "", 9, 9},    Country{"CZ", "420", "", 9, 9},
    Country{"SK", "421", "0", 9, 9},  Country{"DE", "49", "0", 7, 12},  Country{"AT", "43", "0", 7, 12},
    Country{"CH", "41", "0", 9, 9},   Country{"FR", "33", "0", 9, 9},   Country{"BE", "32", "0", 8, 9},
    Country{"NL", "31", "0", 9, 9},   Country{"GB", "44", "0", 9, 10},  Country{"IE", "353", "0", 7, 9},
    Country{"ES", "34", "", 9, 9},    Country{"PT", "351", "", 9, 9},   Country{"IT", "39", "", 6, 12},
    Country{"GR", "30", "", 10, 10},  Country{"CY", "357", "", 8, 8},   Country{"RO", "40", "0", 9, 9},
    Country{"BG", "359", "0", 8, 9},  Country{"RS", "381", "0", 7, 10}, Country{"ME", "382", "0", 8, 8},
    Country{"HR", "385", "0", 8, 9},  Country{"SI", "386", "0", 8, 8},  Country{"HU", "36", "06", 8, 9},
    Country{"TR", "90", "0", 10, 10}, Country{"IL", "972", "0", 8, 9},  Country{"AE", "971", "0", 8, 9},
    Country{"US", "1", "1", 10, 10},  Country{"CA", "1", "1", 10, 10},  Country{"IN", "91", "0", 10, 10},
    Country{"CN", "86", "0", 10, 11}, Country{"VN", "84", "0", 9, 9},   Country{"TH", "66", "0", 8, 9},
    Country{"ID", "62", "0", 9, 12},  Country{"MN", "976", "0", 8, 8},  Country{"JP", "81", "0", 9, 10},
    Country{"AU", "61", "0", 9, 9},   Country{"BR", "55", "0", 10, 11},
};

const Country* find_country(std::string_view name) {
  const auto found = std::ranges::find(kCountries, name, &Country::name);
  return found == kCountries.end() ? nullptr : &*found;
}

bool is_separator(char32_t c) {
  // Lists of contacts put marks of direction around numbers, and they come along with a copy.
  return is_blank(c) || is_direction_mark(c) || c == U'-' || c == U'.' || (c >= 0x2010 && c <= 0x2015) ||
         c == 0x2212 || c == 0xFF0D;
}

bool is_plus(char32_t c) {
  return c == U'+' || c == 0xFF0B;
}

/// A typed number taken apart: its digits in ASCII, with "(0)" left as the one mark that is not a digit: 'z'.
struct Typed {
  bool plus = false;
  std::string digits;
};

// Of one digit there are the countries' codes 1 and 7: "+8 495 …" is meant for 8 495 … and would reach
// Vietnam.
bool is_no_code(const Typed& typed) {
  return typed.plus && typed.digits.size() == 1 && typed.digits != "1" && typed.digits != "7";
}

std::optional<Typed> take_apart(const std::u32string& text) {
  Typed typed;
  bool in_brackets = false;
  std::size_t opened_at = 0;
  for (const char32_t c : text) {
    const auto digit = digit_value(c);
    if (!digit && is_no_code(typed)) return std::nullopt;
    if (is_separator(c)) continue;
    if (is_plus(c)) {
      if (typed.plus || in_brackets || !typed.digits.empty()) return std::nullopt;
      typed.plus = true;
    } else if (digit) {
      typed.digits += static_cast<char>('0' + *digit);
    } else if ((c == U'(' || c == 0xFF08) && !in_brackets) {
      in_brackets = true;
      opened_at = typed.digits.size();
    } else if ((c == U')' || c == 0xFF09) && in_brackets) {
      in_brackets = false;
      if (typed.digits.substr(opened_at) == "0" && opened_at > 0) typed.digits.back() = 'z';
    } else {
      return std::nullopt;
    }
  }
  if (in_brackets) return std::nullopt;
  return typed;
}

// "+44 (0)20 …", "+44 020 …": the zero is for callers within the country, where no number begins with one. In
// Italy it is part of the number.
std::string without_trunk_zero(std::string digits) {
  if (digits.starts_with("39")) {
    std::ranges::replace(digits, 'z', '0');
    return digits;
  }
  std::erase(digits, 'z');
  for (const auto& country : kCountries) {
    if (!country.trunk.starts_with('0') || !digits.starts_with(country.code)) continue;
    if (digits.compare(country.code.size(), country.trunk.size(), country.trunk) == 0)
      digits.erase(country.code.size(), country.trunk.size());
  }
  return digits;
}

/// The number behind "+", from a form that has none; nullopt: it could be more than one.
std::optional<std::string> international(const Typed& typed, std::string_view default_country) {
  if (typed.plus) return without_trunk_zero(typed.digits);
  if (typed.digits.starts_with("00"))
    return without_trunk_zero(typed.digits.substr(2));  // ITU-T E.123 section 5
  const Country* country = find_country(default_country);
  if (country == nullptr || typed.digits.find('z') != std::string::npos) return std::nullopt;
  const auto fits = [country](std::string_view national) {
    return national.size() >= country->digits_min && national.size() <= country->digits_max;
  };
  const std::string_view digits = typed.digits;
  const auto begins_with_one = [digits](std::string_view prefix) {
    return prefix.size() == 1 && digits.starts_with(prefix);
  };
  std::optional<std::string> found;
  // Each way to read it; two that differ are one too many.
  for (const auto prefix : {country->trunk, country->code, std::string_view()}) {
    if (!digits.starts_with(prefix)) continue;
    auto national = digits.substr(prefix.size());
    if (!prefix.empty() && country->trunk.starts_with('0') && national.starts_with(country->trunk))
      national.remove_prefix(country->trunk.size());
    if (!fits(national)) continue;
    // Without a prefix, one that begins like those with it may be one of them with a digit missing: "8 812
    // 000 00 0".
    if (prefix.empty() && (begins_with_one(country->trunk) || begins_with_one(country->code))) continue;
    auto number = std::string(country->code) + std::string(national);
    if (found && *found != number) return std::nullopt;
    found = std::move(number);
  }
  return found;
}

}  // namespace

base::Result<Address, AddressProblem> parse_phone(std::string_view text, std::string_view default_country) {
  if (text.size() > kTypedBytesMax) return Unexpected{kNoNumber};
  const auto decoded = decode_utf8(text);
  const auto typed = decoded ? take_apart(*decoded) : std::nullopt;
  if (!typed || typed->digits.empty()) return Unexpected{kNoNumber};
  const auto number = international(*typed, default_country);
  if (!number) return Unexpected{kStartWithPlus};
  // No country's code begins with 0 (ITU-T E.164 section 6.2.1).
  if (number->size() < kDigitsMin || number->size() > kDigitsMax || number->front() == '0')
    return Unexpected{typed->plus || typed->digits.starts_with("00") ? kNoNumber : kStartWithPlus};
  // What begins with 7 or 1 and has not ten digits behind it, or a 0 or 1 for the first of them, reaches
  // nobody, or somebody else.
  const bool has_short_code = number->front() == '7' || number->front() == '1';
  if (has_short_code && (number->size() != 11 || (*number)[1] < '2')) return Unexpected{kNoNumber};
  return Address{ports::AddressKind::kPhone, "+" + *number};
}

bool is_known_country(std::string_view country) {
  return find_country(country) != nullptr;
}

}  // namespace zvonok::accounts
