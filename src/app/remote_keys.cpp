#include "app/remote_keys.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "app/config_reader.hpp"
#include "app/kept_file.hpp"
#include "app/keys.hpp"
#include "fetch/transfer.hpp"
#include "net/clock.hpp"

namespace zvonok::app {
namespace {

using ports::LogLevel;

// A handshake may wait for it, and people wait for handshakes.
constexpr base::Duration kAnswerMax = base::seconds(5);
constexpr std::size_t kTaken = 0, kRefused = 1;  // ports::label_values::kOutcome

fetch::Request request_of(const Settings& settings) {
  return {.url = settings.jwks_url,
          .ca_file = settings.jwks_ca_file,
          .body_bytes_max = kKeySetBytesMax,
          .at_most = kAnswerMax};
}

auth::KeySetText text_of(const fetch::Answer& answer) {
  if (!answer) return base::Unexpected{answer.error()};
  if (answer->status == 200) return answer->body;
  const std::string status = "answers with status " + std::to_string(answer->status);
  const bool redirect = answer->status >= 300 && answer->status < 400;
  return base::Unexpected{redirect ? status + ": redirects are not followed, set the address that it leads to"
                                   : status};
}

}  // namespace

base::Result<std::unique_ptr<RemoteKeys>, std::string> RemoteKeys::make(const Settings& settings,
                                                                        net::Loop& loop,
                                                                        auth::JwtVerifier& verifier,
                                                                        ports::LogSink& log,
                                                                        ports::MetricsSink& metrics) {
  std::unique_ptr<RemoteKeys> keys(new RemoteKeys(settings, loop, verifier, log, metrics));
  if (auto begun = keys->begin(); !begun) return base::Unexpected{begun.error()};
  return keys;
}

RemoteKeys::RemoteKeys(const Settings& settings, net::Loop& loop, auth::JwtVerifier& verifier,
                       ports::LogSink& log, ports::MetricsSink& metrics)
    : request_(request_of(settings)),
      copy_at_(settings.data_dir + "/jwks-copy"),
      verifier_(verifier),
      log_(log),
      metrics_(metrics),
      timer_(loop.io()),
      refresher_(
          {.ask = [this](auto done) { ask(std::move(done)); },
           .taken = [this](auth::KeySet set, const std::string& text) { take(std::move(set), text); },
           .answered = [this](const base::Result<void, std::string>& outcome) { note(outcome); },
           .skipped = [this](const std::string& line) { log_.write(LogLevel::kWarn, "jwks.url: " + line); },
           .now = net::mono_now},
          base::seconds(settings.jwks_refresh_s)),
      client_([&loop](std::function<void()> call) { boost::asio::post(loop.io(), std::move(call)); }) {}

base::Result<void, std::string> RemoteKeys::begin() {
  const auto fetched = refresher_.take(text_of(fetch::get(request_)));
  metrics_.add(ports::Counter::kKeySets, fetched ? kTaken : kRefused);
  if (!fetched) {
    const std::string why = "jwks.url: " + fetched.error();
    if (const auto copied = refresher_.take(read_copy()); !copied) {
      return base::Unexpected{why + ". There is no copy of an earlier answer either (" + copied.error() +
                              "), and without keys nobody could log in"};
    }
    log_.write(LogLevel::kWarn, why + ": going on with the last good answer", {{"file", copy_at_}});
  }
  verifier_.set_more_keys([this](const std::string& kid, std::function<void()> then) {
    return refresher_.wait_for(kid, std::move(then));
  });
  arm();
  return {};
}

void RemoteKeys::refresh() {
  refresher_.refresh();
}

void RemoteKeys::ask(std::function<void(auth::KeySetText)> done) {
  client_.get(request_, [this, done = std::move(done)](const fetch::Answer& answer) {
    done(text_of(answer));
    arm();  // when it is due next depends on what came
  });
}

void RemoteKeys::take(auth::KeySet set, const std::string& text) {
  verifier_.replace_key_set(std::move(set));
  log_.write(LogLevel::kInfo, "keys of jwks.url taken");
  if (const auto copy = read_copy(); copy && *copy == text) return;
  // First the URL: the keys of another provider must not be taken for this one's.
  const auto kept = replace_file(copy_at_, request_.url + "\n" + text);
  if (!kept)
    log_.write(LogLevel::kWarn, "no copy of the keys of jwks.url is kept", {{"error", kept.error()}});
}

void RemoteKeys::note(const base::Result<void, std::string>& outcome) {
  metrics_.add(ports::Counter::kKeySets, outcome ? kTaken : kRefused);
  if (!outcome)
    log_.write(LogLevel::kWarn, "jwks.url: " + outcome.error() + ": the keys that were there stay in force");
}

auth::KeySetText RemoteKeys::read_copy() const {
  const std::string head = request_.url + "\n";
  auto copy = read_regular_file(copy_at_, head.size() + kKeySetBytesMax);
  if (!copy) return base::Unexpected{copy_at_ + " " + copy.error()};
  if (!copy->starts_with(head)) return base::Unexpected{copy_at_ + " is of another URL"};
  return copy->substr(head.size());
}

void RemoteKeys::arm() {
  timer_.expires_after(std::max(refresher_.due() - net::mono_now(), base::Duration(0)));
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    refresher_.on_time();
    arm();
  });
}

}  // namespace zvonok::app
