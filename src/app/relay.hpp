// The TURN relay as the settings want it: one of our own (managed), somebody else's (external), or none.
#pragma once

#include <memory>
#include <string>

#include "app/settings.hpp"
#include "base/result.hpp"
#include "net/loop.hpp"
#include "ports/log.hpp"
#include "ports/metrics_sink.hpp"
#include "ports/turn_credentials.hpp"
#include "turn/credentials.hpp"
#include "turn/supervisor.hpp"

namespace zvonok::app {

class Relay {
 public:
  /// Starts the relay that is to be managed; after an error none is left running. `settings` are checked.
  static base::Result<std::unique_ptr<Relay>, std::string> make(const Settings& settings, net::Loop& loop,
                                                                ports::LogSink& log,
                                                                ports::MetricsSink& metrics);

  const ports::TurnCredentials& credentials() const { return *credentials_; }
  /// Of a relay that is external (SIGHUP).
  void replace_secret(const Secret& secret);

 private:
  Relay() = default;
  base::Result<void, std::string> manage(const Settings& settings, net::Loop& loop, ports::LogSink& log,
                                         ports::MetricsSink& metrics);

  std::unique_ptr<ports::TurnCredentials> credentials_;
  turn::SharedSecretCredentials* external_ = nullptr;  // `credentials_`, if they may change
  std::unique_ptr<turn::Supervisor> supervisor_;
};

/// The host that clients are sent to: turn.host, or that of public_url; empty: neither is set.
std::string relay_host(const Settings& settings);

/// The port on which people reach TURN over TLS, which shares ours if TLS ends here (behind a proxy that ends
/// it nobody gets through): by the number in public_url, if the relay has that name. 0: there is none.
unsigned short turns_port(const Settings& settings);

}  // namespace zvonok::app
