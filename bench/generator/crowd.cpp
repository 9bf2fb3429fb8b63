#include "crowd.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "fatal.hpp"
#include "server_process.hpp"
#include "token.hpp"

namespace zvonok::bench {
namespace {

constexpr int kWaitMaxMs = 10'000;

class Crowd {
 public:
  Crowd(const Options& options, const std::vector<std::string>& tokens)
      : options_(options), tokens_(tokens), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() { ::close(epoll_); }

  void open_until(Nanoseconds end) {
    for (std::size_t i = 0; i < options_.in_flight && begin_one(end); ++i) {
    }
    while (open_ < sockets_.size()) {
      std::array<epoll_event, 64> events{};
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kWaitMaxMs);
      if (ready == 0) fatal("handshakes get no answer");
      for (int i = 0; i < ready; ++i) {
        if (!take_reply(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64))) continue;
        ++open_;
        (void)begin_one(end);  // none is left, or time is up: the loop ends by itself
      }
    }
  }

  std::vector<Socket> take_sockets() { return std::move(sockets_); }

 private:
  bool begin_one(Nanoseconds end) {
    const std::size_t index = sockets_.size();
    if (index == tokens_.size() || monotonic_now() > end) return false;
    const Socket& socket = sockets_.emplace_back(connect_to(options_.port, index));
    replies_.emplace_back();
    send_all(socket, upgrade_request(options_.port, tokens_[index]));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.fd(), &event) != 0) fatal_errno("epoll_ctl");
    return true;
  }

  bool take_reply(std::size_t index) {
    std::array<char, 2048> buffer{};
    const int fd = sockets_[index].fd();
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0) fatal("the server has closed a connection in its handshake");
    if (got < 0) {
      if (errno == EAGAIN) return false;
      fatal_errno("recv");
    }
    std::string& reply = replies_[index];
    reply.append(buffer.data(), static_cast<std::size_t>(got));
    if (!is_upgraded(reply)) return false;
    std::string().swap(reply);
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    return true;
  }

  const Options& options_;
  const std::vector<std::string>& tokens_;
  const int epoll_;
  std::vector<Socket> sockets_;
  std::vector<std::string> replies_;
  std::size_t open_ = 0;
};

}  // namespace

std::vector<std::string> make_tokens(const Options& options, std::string_view users) {
  std::vector<std::string> tokens;
  if (options.raw) return tokens;
  tokens.reserve(options.connections);
  for (std::size_t i = 0; i < options.connections; ++i) {
    tokens.push_back(make_token(options.secret, std::string(users) + std::to_string(i)));
  }
  return tokens;
}

std::vector<Socket> open_crowd(const Options& options, const std::vector<std::string>& tokens, Stop stop) {
  if (options.raw) {
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < options.connections; ++i) sockets.push_back(connect_to(options.port, i));
    return sockets;
  }
  Crowd crowd(options, tokens);
  const bool timed = stop == Stop::kWhenTimeIsUp;
  crowd.open_until(timed ? monotonic_now() + options.duration : Nanoseconds::max());
  return crowd.take_sockets();
}

}  // namespace zvonok::bench
