#include "notify/sms_body.hpp"

#include <array>
#include <utility>

#include "notify/json_text.hpp"

namespace zvonok::notify {
namespace {

// A gateway wants a handful of fields; a whole file was meant for another setting.
constexpr std::size_t kTemplateBytesMax = 4096;

constexpr std::string_view kPhone = "{phone}", kCode = "{code}", kText = "{text}";

bool holds(std::string_view text, std::string_view what) {
  return text.find(what) != text.npos;
}

}  // namespace

std::string sms_body(std::string_view body_template, const SmsFields& fields) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> values{
      {{kPhone, fields.phone}, {kCode, fields.code}, {kText, fields.text}}};
  std::string body;
  while (!body_template.empty()) {
    std::size_t taken = 1;
    std::string put(1, body_template.front());
    for (const auto& [name, value] : values) {
      if (!body_template.starts_with(name)) continue;
      taken = name.size();
      put = json_escaped(value);
    }
    body += put;
    body_template.remove_prefix(taken);
  }
  return body;
}

std::string_view template_problem(std::string_view body_template) {
  if (body_template.size() > kTemplateBytesMax) return "a template of at most 4096 bytes";
  if (!holds(body_template, kPhone)) return "a template with {phone}, to whom the SMS goes";
  if (!holds(body_template, kCode) && !holds(body_template, kText))
    return "a template with {text}, what the SMS says, or {code}";
  // A code outside of quotes would be a number, and lose its zeros: so that is no JSON here.
  const SmsFields sample{
      .phone = "+10000000000", .code = "012345", .text = "a \"text\"\n@example.org #012345"};
  if (!is_json(sms_body(body_template, sample)))
    return R"(a template of valid JSON, such as {"to":"{phone}","text":"{text}"}, with all names in quotes)";
  return {};
}

}  // namespace zvonok::notify
