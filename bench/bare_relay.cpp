// The limit to compare with: what two sockets and a copy cost, and nothing else. Connections are paired in
// the order in which they come, and whatever one of a pair sends goes to the other: no framing, no JSON, no
// users, no time limits. It reads PORT and prints the line that the other servers print once it listens.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int kNone = -1;
constexpr int kEventsMax = 256;

class BareRelay {
 public:
  explicit BareRelay(int listener) : listener_(listener), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    watch(listener_);
  }

  void run() {
    std::array<epoll_event, kEventsMax> events{};
    while (true) {
      const int ready = ::epoll_wait(epoll_, events.data(), kEventsMax, -1);
      for (int i = 0; i < ready; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept_one();
        } else {
          relay_from(fd);
        }
      }
    }
  }

 private:
  int& partner_of(int fd) { return partners_[static_cast<std::size_t>(fd)]; }

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_one() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (partners_.size() <= static_cast<std::size_t>(fd))
      partners_.resize(static_cast<std::size_t>(fd) + 1, kNone);
    partner_of(fd) = kNone;
    if (unpaired_ == kNone) {
      unpaired_ = fd;
    } else {
      partner_of(fd) = unpaired_;
      partner_of(unpaired_) = fd;
      unpaired_ = kNone;
    }
    watch(fd);
  }

  // The sockets are blocking and only the read says that it will not wait: so a reader that is too slow stops
  // everybody, which a limit may do and a server may not.
  void relay_from(int fd) {
    const ssize_t got = ::recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) {
      if (got == 0 || (errno != EAGAIN && errno != EINTR)) forget(fd);
      return;
    }
    const int to = partner_of(fd);
    if (to != kNone)
      (void)::send(to, buffer_.data(), static_cast<std::size_t>(got),
                   MSG_NOSIGNAL);  // its own read tells of its end
  }

  void forget(int fd) {
    if (unpaired_ == fd) unpaired_ = kNone;
    if (partner_of(fd) != kNone) partner_of(partner_of(fd)) = kNone;
    partner_of(fd) = kNone;
    ::close(fd);
  }

  const int listener_;
  const int epoll_;
  int unpaired_ = kNone;
  std::vector<int> partners_;  // by descriptor
  std::array<char, 65'536> buffer_{};
};

int listen_on(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 4096) != 0) {
    std::perror("bare_relay: cannot listen (port taken, in use?)");
    std::exit(1);
  }
  return fd;
}

}  // namespace

int main() {
  const char* port = std::getenv("PORT");
  if (port == nullptr) {
    std::fputs("bare_relay: PORT is not set\n", stderr);
    return 1;
  }
  BareRelay relay(listen_on(static_cast<std::uint16_t>(std::atoi(port))));
  std::printf("Backend running on port %s (a bare relay)\n", port);
  std::fflush(stdout);
  relay.run();
}
