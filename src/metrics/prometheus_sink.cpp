#include "metrics/prometheus_sink.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace zvonok::metrics {

// A series and what has been counted of it since it was last read. Prometheus counts in doubles that threads
// may share; adding to one costs more than the rest of counting a message.
struct Series {
  prometheus::Counter* counter;
  std::uint64_t not_yet_added = 0;
};

struct PrometheusSink::Impl {
  prometheus::Registry registry;
  // Looked up once, so that counting is an addition and not a search. Every series exists from the start: a
  // graph shows 0 and not a gap.
  std::array<std::vector<Series>, ports::kCounters> counters;
  std::array<prometheus::Gauge*, ports::kGauges> gauges{};
};

PrometheusSink::PrometheusSink() : impl_(std::make_unique<Impl>()) {
  for (std::size_t i = 0; i < ports::kCounters; ++i) {
    const ports::CounterInfo& about = ports::kCounterTable[i];
    auto& family = prometheus::BuildCounter()
                       .Name(std::string(about.name))
                       .Help(std::string(about.help))
                       .Register(impl_->registry);
    if (about.values.empty()) impl_->counters[i].push_back({&family.Add({})});
    for (const auto value : about.values) {
      impl_->counters[i].push_back({&family.Add({{std::string(about.label), std::string(value)}})});
    }
  }
  for (std::size_t i = 0; i < ports::kGauges; ++i) {
    const ports::GaugeInfo& about = ports::kGaugeTable[i];
    impl_->gauges[i] = &prometheus::BuildGauge()
                            .Name(std::string(about.name))
                            .Help(std::string(about.help))
                            .Register(impl_->registry)
                            .Add({});
  }
}

PrometheusSink::~PrometheusSink() = default;

void PrometheusSink::add(ports::Counter counter, std::size_t value, std::uint64_t amount) {
  auto& series = impl_->counters[static_cast<std::size_t>(counter)];
  ZVONOK_ASSERT(value < series.size());
  series[value].not_yet_added += amount;
}

void PrometheusSink::set(ports::Gauge gauge, std::int64_t value) {
  impl_->gauges[static_cast<std::size_t>(gauge)]->Set(static_cast<double>(value));
}

std::string PrometheusSink::text() {
  for (auto& family : impl_->counters) {
    for (Series& series : family) {
      series.counter->Increment(static_cast<double>(std::exchange(series.not_yet_added, 0)));
    }
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace zvonok::metrics
