// What an SMS gateway is handed: a template of the operator's, since each gateway wants another JSON.
#pragma once

#include <string>
#include <string_view>

namespace zvonok::notify {

inline constexpr std::string_view kSmsBodyDefault = R"({"to":"{phone}","text":"{text}"})";

/// What stands in place of {phone}, {code} and {text}, as UTF-8.
struct SmsFields {
  std::string_view phone, code, text;
};

/// The template with each of them filled in, escaped for a string of JSON; other braces stay as they are, and
/// what was filled in is not looked at again.
std::string sms_body(std::string_view body_template, const SmsFields& fields);

/// What is wrong with a template that an operator wrote, as the end of "must be …"; empty: nothing.
std::string_view template_problem(std::string_view body_template);

}  // namespace zvonok::notify
