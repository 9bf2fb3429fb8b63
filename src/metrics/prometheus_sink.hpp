// Counts for Prometheus: its library keeps the registry and writes the text format.
#pragma once

#include <memory>
#include <string>

#include "ports/metrics_sink.hpp"

namespace zvonok::metrics {

class PrometheusSink final : public ports::MetricsSink {
 public:
  PrometheusSink();
  ~PrometheusSink() override;

  void add(ports::Counter counter, std::size_t value, std::uint64_t amount) override;
  void set(ports::Gauge gauge, std::int64_t value) override;

  /// Everything in the text exposition format 0.0.4.
  std::string text();
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zvonok::metrics
