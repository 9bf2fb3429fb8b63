// The only file that includes toml++, which costs seconds to compile.
#include "app/config_file.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/config_reader.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;  // every setting with its comment takes 12 KB

std::string place(const std::string& label, const toml::source_region& source) {
  return label + ":" + std::to_string(source.begin.line);
}

RawValue to_raw(const toml::node& node, const std::string& label) {
  RawValue raw{RawValue::Type::kOther, {}, {}, place(label, node.source())};
  if (const auto* text = node.as_string()) {
    raw.type = RawValue::Type::kText;
    raw.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    raw.type = RawValue::Type::kNumber;
    raw.text = std::to_string(number->get());
  } else if (const auto* on = node.as_boolean()) {
    raw.type = RawValue::Type::kSwitch;
    raw.text = on->get() ? "true" : "false";
  } else if (const auto* list = node.as_array()) {
    raw.type = RawValue::Type::kList;
    for (const auto& item : *list) {
      if (const auto* item_text = item.as_string()) {
        raw.items.push_back(item_text->get());
      } else {
        raw.type = RawValue::Type::kOther;
      }
    }
  }
  return raw;
}

// toml++ quotes the character that it stumbled over, names keys, and in some cases repeats a whole value: a
// secret of digits that lacks its quotes would be one.
std::string describe(const toml::parse_error& error) {
  constexpr std::size_t kCharacterMax = 6;  // '\u0000'
  std::string text(error.description());
  const auto first = text.find('\'');
  const auto last = text.rfind('\'');
  const bool names_key = text.find("redefine") != std::string::npos;
  if (first != last && last - first - 1 > kCharacterMax && !names_key) {
    return "a value is not understood; a text needs quotes";
  }
  if (text.find("value type") != std::string::npos) return text + "; a text needs quotes";
  return text;
}

void flatten(const toml::table& table, const std::string& prefix, const std::string& label,
             std::vector<FileEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", label, entries);
    } else {
      entries.push_back({name, to_raw(node, label)});
    }
  }
}

}  // namespace

base::Result<std::vector<FileEntry>, std::string> parse_config(std::string_view toml,
                                                               const std::string& label) {
  const auto parsed = toml::parse(toml);
  if (!parsed) {
    return base::Unexpected<std::string>{place(label, parsed.error().source()) + ": " +
                                         describe(parsed.error())};
  }
  std::vector<FileEntry> entries;
  flatten(parsed.table(), "", label, entries);
  return entries;
}

base::Result<std::vector<FileEntry>, std::string> read_config_file(const std::string& path) {
  const auto bytes = read_regular_file(path, kFileBytesMax);
  if (!bytes)
    return base::Unexpected<std::string>{"the settings file " + in_quotes(path) + " " + bytes.error()};
  return parse_config(*bytes, path);
}

}  // namespace zvonok::app
