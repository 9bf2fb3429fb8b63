#include "metrics/prometheus_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace zvonok::metrics {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The line that a series has in the text, up to its value.
std::string series(const ports::CounterInfo& family, std::string_view value) {
  std::string line(family.name);
  if (!family.values.empty()) line += "{" + std::string(family.label) + "=\"" + std::string(value) + "\"}";
  return line + " ";
}

TEST(PrometheusSink, HasEverySeriesFromTheStart) {
  const auto text = "\n" + PrometheusSink().text();
  for (const auto& family : ports::kCounterTable) {
    EXPECT_THAT(text,
                HasSubstr("\n# HELP " + std::string(family.name) + " " + std::string(family.help) + "\n"));
    EXPECT_THAT(text, HasSubstr("\n# TYPE " + std::string(family.name) + " counter\n"));
    if (family.values.empty()) {
      EXPECT_THAT(text, HasSubstr("\n" + series(family, "") + "0\n"));
    }
    for (const auto value : family.values) EXPECT_THAT(text, HasSubstr("\n" + series(family, value) + "0\n"));
  }
  for (const auto& family : ports::kGaugeTable) {
    EXPECT_THAT(text, HasSubstr("\n# TYPE " + std::string(family.name) + " gauge\n"));
    EXPECT_THAT(text, HasSubstr("\n" + std::string(family.name) + " 0\n"));
  }
}

TEST(PrometheusSink, HasNoSeriesThatNoTableNames) {
  std::size_t expected = ports::kGauges;
  for (const auto& family : ports::kCounterTable) expected += std::max<std::size_t>(family.values.size(), 1);
  std::size_t found = 0;
  for (const auto& line : lines_of(PrometheusSink().text())) found += line.starts_with('#') ? 0 : 1;
  EXPECT_EQ(found, expected);
}

// The text exposition format 0.0.4.
TEST(PrometheusSink, WritesTheTextFormat) {
  PrometheusSink sink;
  sink.add(ports::Counter::kBytesIn, 0, 1'234'567'890'123);
  sink.set(ports::Gauge::kCalls, 17);
  const std::regex sample(R"([a-z_]+(\{[a-z]+="[a-z0-9_]+"\})? -?[0-9.e+]+)");
  const std::regex comment("# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge))");
  const auto text = sink.text();
  EXPECT_TRUE(text.ends_with('\n'));
  for (const auto& line : lines_of(text)) {
    EXPECT_TRUE(std::regex_match(line, line.starts_with('#') ? comment : sample)) << line;
  }
}

TEST(PrometheusSink, CountsEachValueApart) {
  PrometheusSink sink;
  const auto& tokens = ports::kCounterTable[static_cast<std::size_t>(ports::Counter::kTokensRefused)];
  for (std::size_t i = 0; i < tokens.values.size(); ++i) {
    sink.add(ports::Counter::kTokensRefused, i, i + 1);
    sink.add(ports::Counter::kTokensRefused, i, 10);
  }
  const auto text = "\n" + sink.text();
  for (std::size_t i = 0; i < tokens.values.size(); ++i) {
    EXPECT_THAT(text, HasSubstr("\n" + series(tokens, tokens.values[i]) + std::to_string(i + 11) + "\n"));
  }
}

TEST(PrometheusSink, KeepsBigCountsExact) {
  PrometheusSink sink;
  sink.add(ports::Counter::kBytesIn, 0, 1'234'567'890'123);
  sink.add(ports::Counter::kBytesIn, 0, 1);
  const auto text = sink.text();
  const auto at = text.find("\nzvonok_received_bytes_total ");
  ASSERT_NE(at, text.npos);
  EXPECT_EQ(std::stod(text.substr(at + 29)), 1'234'567'890'124.0);
}

TEST(PrometheusSink, SetsGaugesBothWays) {
  PrometheusSink sink;
  sink.set(ports::Gauge::kCalls, 17);
  EXPECT_THAT(sink.text(), HasSubstr("\nzvonok_calls_live 17\n"));
  sink.set(ports::Gauge::kCalls, 0);
  EXPECT_THAT(sink.text(), HasSubstr("\nzvonok_calls_live 0\n"));
}

// Prometheus's conventions: counters end in _total, units are base units and stand in the name.
TEST(PrometheusSink, NamesFollowTheConventions) {
  std::set<std::string_view> names;
  for (const auto& family : ports::kCounterTable) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_TRUE(family.name.starts_with("zvonok_") && family.name.ends_with("_total")) << family.name;
    EXPECT_EQ(family.label.empty(), family.values.empty()) << family.name;
    EXPECT_EQ(std::set<std::string_view>(family.values.begin(), family.values.end()).size(),
              family.values.size());
  }
  for (const auto& family : ports::kGaugeTable) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_TRUE(family.name.starts_with("zvonok_") && !family.name.ends_with("_total")) << family.name;
  }
}

TEST(PrometheusSinkDeathTest, StopsAtALabelValueThatTheTableLacks) {
  PrometheusSink sink;
  EXPECT_DEATH(sink.add(ports::Counter::kReloads, 2, 1), "value < series.size");
  EXPECT_DEATH(sink.add(ports::Counter::kMessagesIn, 1, 1), "value < series.size");
}

}  // namespace
}  // namespace zvonok::metrics
