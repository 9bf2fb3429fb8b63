#include "turn/probe.hpp"

#include <openssl/rand.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "turn/hmac.hpp"
#include "turn/socket_address.hpp"

namespace zvonok::turn {
namespace {

constexpr std::size_t kMessageBytesMax = 2048;  // what coturn answers has under 200

TransactionId random_id() {
  TransactionId id{};
  const int filled = RAND_bytes(id.data(), static_cast<int>(id.size()));
  ZVONOK_ASSERT(filled == 1);
  return id;
}

using Clock = std::chrono::steady_clock;

// A socket to the relay, UDP or TCP, whose every step (to connect, to ask) takes so long and no longer.
class Link {
 public:
  Link(int type, unsigned short port, base::Duration patience)
      : stream_(type == SOCK_STREAM), patience_(patience) {
    const auto to = socket_address(base::IpAddress::from_v4({127, 0, 0, 1}), port);
    socket_ = ::socket(to.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (::connect(socket_, to.get(), to.size) == 0) return;
    if (errno == EINPROGRESS && ready(POLLOUT, Clock::now() + patience_)) {
      int error = 0;
      socklen_t size = sizeof error;
      if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return;
    }
    close();
  }
  ~Link() { close(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  bool is_open() const { return socket_ >= 0; }

  /// The answer to one request.
  std::optional<StunResponse> ask(const std::string& request, const TransactionId& id) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return std::nullopt;
    const auto until = Clock::now() + patience_;
    std::string answer;
    while (ready(POLLIN, until)) {
      std::array<char, kMessageBytesMax> buffer{};
      const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return std::nullopt;
      if (!stream_) answer.clear();
      answer.append(buffer.data(), static_cast<std::size_t>(got));
      if (auto response = read_response(answer, id)) return response;
      if (answer.size() > kMessageBytesMax) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  bool ready(short what, Clock::time_point until) const {
    pollfd wanted{.fd = socket_, .events = what, .revents = 0};
    const auto left = std::chrono::ceil<base::Duration>(until - Clock::now());
    return ::poll(&wanted, 1, static_cast<int>(std::max(left, base::Duration{0}).count())) == 1;
  }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  const bool stream_;
  const base::Duration patience_;
  int socket_ = -1;
};

std::string new_username(std::int64_t valid_until) {
  const auto id = random_id();
  return std::to_string(valid_until) + ":" + std::string(kProbeUserPrefix) +
         lower_hex({reinterpret_cast<const char*>(id.data()), id.size()});
}

base::Result<void, ProbeFailure> try_over(int type, const Probe& probe, base::Duration patience) {
  const std::string way = type == SOCK_STREAM ? "over TCP " : "over UDP ";
  Link link(type, probe.port, patience);
  if (!link.is_open()) return base::Unexpected{ProbeFailure{way + "nobody listens", false}};
  auto id = random_id();
  const auto challenge = link.ask(allocate_request(id, probe.family, nullptr), id);
  if (!challenge) return base::Unexpected{ProbeFailure{way + "nobody answers", false}};
  const auto username = new_username(probe.valid_until);
  const LongTerm login{username, password_of(probe.secret, username), challenge->realm, challenge->nonce};
  id = random_id();
  const auto answer = link.ask(allocate_request(id, probe.family, &login), id);
  if (!answer) return base::Unexpected{ProbeFailure{way + "nobody answers", false}};
  if (!answer->success)
    return base::Unexpected{
        ProbeFailure{way + "an allocation is refused with " + std::to_string(answer->error), true}};
  id = random_id();
  (void)link.ask(release_request(id, login), id);  // else it ends by itself, later
  return {};
}

}  // namespace

base::Result<void, ProbeFailure> try_allocation(const Probe& probe, base::Duration patience) {
  if (auto over_udp = try_over(SOCK_DGRAM, probe, patience); !over_udp) return over_udp;
  return try_over(SOCK_STREAM, probe, patience);
}

Answers who_answers(const Probe& probe, base::Duration patience) {
  const auto answers = [&](int type) {
    const auto tried = try_over(type, probe, patience);
    return tried || tried.error().answered;
  };
  return {.udp = answers(SOCK_DGRAM), .tcp = answers(SOCK_STREAM)};
}

}  // namespace zvonok::turn
