// The only translator between the wire and the core: a message becomes an input of the switchboard, its
// effects become messages, log lines and counts. It decides nothing about calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "core/effects.hpp"
#include "core/switchboard.hpp"
#include "hub/session.hpp"
#include "ports/log.hpp"
#include "ports/metrics_sink.hpp"
#include "ports/token_verifier.hpp"
#include "protocol/message.hpp"

namespace zvonok::hub {

struct Settings {
  core::Settings core;
  std::size_t payload_keys = 256;
  base::Rate messages;
  base::Rate invalid_messages;
  base::Duration throttled_max{60'000};
};

/// One loop's thread.
class Hub {
 public:
  Hub(const Settings& settings, ports::LogSink& log, ports::MetricsSink& metrics);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// Registers a client: from here on it can be rung. `session` must stay where it is until `close`. May
  /// close it at once (too many devices).
  void open(Session& session, const ports::Identity& identity, base::MonoTime now);

  /// A text or binary message; kReadablePadding bytes behind it must be readable. Returns for how long
  /// nothing more should be read from this client: 0 for nearly all.
  base::Duration message(Session& session, std::string_view text, base::MonoTime now);

  /// The connection is gone or going; its calls end. Does nothing for a session that the hub has let go of.
  void close(Session& session, base::MonoTime now);

  void token_expired(Session& session);

  /// Closes every connection whose token has this `sid`; their calls end.
  void end_login(std::string_view login, base::MonoTime now);

  /// Ends every call; the connections stay for their owner to close.
  void shut_down(base::MonoTime now);

  base::MonoTime next_deadline() const { return switchboard_.next_deadline(); }
  void on_time(base::MonoTime now);

  /// Puts the state of now into the gauges.
  void report_gauges();

 private:
  base::Duration pace(Session& session, base::MonoTime now);
  void ignore(Session& session, protocol::MessageError error, base::MonoTime now);
  Session* session_of(core::DeviceId device);
  void carry_out();
  void send(core::DeviceId to, const protocol::OutgoingText& text);
  std::string user_json(core::DeviceId device);

  void carry_out(const core::DeliverOffer& effect);
  void carry_out(const core::DeliverAnswer& effect);
  void carry_out(const core::DeliverIce& effect);
  void carry_out(const core::DeliverHangup& effect);
  void carry_out(const core::CloseDevice& effect);
  void carry_out(const core::CallRang& effect);
  void carry_out(const core::CallAnswered& effect);
  void carry_out(const core::CallEnded& effect);
  void carry_out(const core::OfferRefused& effect);
  void carry_out(const core::MessageDropped& effect);

  // Given to us.
  const Settings settings_;
  ports::LogSink& log_;
  ports::MetricsSink& metrics_;
  // Ours.
  protocol::MessageParser parser_;
  core::Effects effects_;
  // State.
  core::Switchboard switchboard_;
  std::vector<Session*> sessions_;  // by the place of the device
};

}  // namespace zvonok::hub
