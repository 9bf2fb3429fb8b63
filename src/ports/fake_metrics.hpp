// Metrics for tests: what was counted can be read back. Like the real sink it takes no value that its table
// does not know.
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "base/assert.hpp"
#include "ports/metrics_sink.hpp"

namespace zvonok::ports {

class FakeMetrics final : public MetricsSink {
 public:
  void add(Counter counter, std::size_t value, std::uint64_t amount) override {
    const auto values = kCounterTable[static_cast<std::size_t>(counter)].values.size();
    ZVONOK_ASSERT(value < std::max<std::size_t>(values, 1));
    counts_[{counter, value}] += amount;
  }
  void set(Gauge gauge, std::int64_t value) override { gauges_[gauge] = value; }

  std::uint64_t count(Counter counter, std::size_t value = 0) const {
    const auto found = counts_.find({counter, value});
    return found == counts_.end() ? 0 : found->second;
  }
  /// -1: it was never set.
  std::int64_t gauge(Gauge gauge) const {
    const auto found = gauges_.find(gauge);
    return found == gauges_.end() ? -1 : found->second;
  }

 private:
  std::map<std::pair<Counter, std::size_t>, std::uint64_t> counts_;
  std::map<Gauge, std::int64_t> gauges_;
};

}  // namespace zvonok::ports
