// The keys of an identity provider, by jwks.url: fetched at the start and again and again, with the last good
// answer kept in the data folder for a start without the provider.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "app/settings.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/key_refresher.hpp"
#include "base/result.hpp"
#include "fetch/client.hpp"
#include "net/loop.hpp"
#include "ports/log.hpp"
#include "ports/metrics_sink.hpp"

namespace zvonok::app {

/// Of the file that jwks.ca_file names; all that browsers trust are 220 KB.
inline constexpr std::size_t kCertificatesBytesMax = 4 * 1024 * 1024;

/// The loop's thread. Everything given to it lives longer.
class RemoteKeys {
 public:
  /// Gives the verifier its first keys: those of the provider, for which it waits (5 s at most), else those
  /// that were kept. With neither it is an error that says what to do.
  static base::Result<std::unique_ptr<RemoteKeys>, std::string> make(const Settings& settings,
                                                                     net::Loop& loop,
                                                                     auth::JwtVerifier& verifier,
                                                                     ports::LogSink& log,
                                                                     ports::MetricsSink& metrics);
  RemoteKeys(const RemoteKeys&) = delete;
  RemoteKeys& operator=(const RemoteKeys&) = delete;

  /// Asks the provider now (SIGHUP).
  void refresh();

 private:
  RemoteKeys(const Settings& settings, net::Loop& loop, auth::JwtVerifier& verifier, ports::LogSink& log,
             ports::MetricsSink& metrics);

  base::Result<void, std::string> begin();
  void ask(std::function<void(auth::KeySetText)> done);
  void take(auth::KeySet set, const std::string& text);
  void note(const base::Result<void, std::string>& outcome);
  auth::KeySetText read_copy() const;
  void arm();

  // Given to us.
  const fetch::Request request_;
  const std::string copy_at_;
  auth::JwtVerifier& verifier_;
  ports::LogSink& log_;
  ports::MetricsSink& metrics_;
  // Ours.
  boost::asio::steady_timer timer_;
  auth::KeyRefresher refresher_;
  fetch::Client client_;
};

}  // namespace zvonok::app
