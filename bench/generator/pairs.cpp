#include "pairs.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "fatal.hpp"
#include "server_process.hpp"
#include "token.hpp"

namespace zvonok::bench {
namespace {

constexpr auto kDrainMax = std::chrono::seconds(20);

Mask mask_of(std::size_t client) {
  // Any mask but zero, which would spare a server its work: bytes of a multiplicative hash.
  const auto hash = static_cast<std::uint32_t>((client + 1) * 2'654'435'761U);
  return {static_cast<char>(hash | 1), static_cast<char>(hash >> 8), static_cast<char>(hash >> 16),
          static_cast<char>(hash >> 24)};
}

void expect_event(std::string_view text, std::string_view event) {
  if (text.find(event) == text.npos) {
    fatal("expected " + std::string(event) + ", got " + std::string(text));
  }
}

// The second calls the first's user, who answers.
void call(const Socket& caller, const Socket& callee, std::string_view callee_user) {
  const std::string sdp = "v=0\\r\\no=" + std::string(callee_user) + " 0 0 IN IP4 0.0.0.0\\r\\n";
  const std::string offer = R"({"event":"call:offer","payload":{"userId":")" + std::string(callee_user) +
                            R"(","sdp":")" + sdp + R"("}})";
  send_all(caller, client_frame(offer, mask_of(0)));
  expect_event(receive_text(callee), "call:offer");
  send_all(callee, client_frame(R"({"event":"call:answer","payload":{"sdp":"v=0\r\n"}})", mask_of(0)));
  expect_event(receive_text(caller), "call:answer");
}

}  // namespace

Pairs::Pairs(const Options& options) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  clients_.reserve(2 * options.pairs);
  for (std::size_t pair = 0; pair < options.pairs; ++pair) add_pair(options, pair);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    make_non_blocking(clients_[i].socket);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[i].socket.fd(), &event) != 0) fatal_errno("epoll_ctl");
  }
}

Pairs::~Pairs() {
  ::close(epoll_);
}

void Pairs::add_pair(const Options& options, std::size_t pair) {
  std::array<std::string, 2> users;
  std::array<Socket, 2> sockets;
  for (std::size_t side = 0; side < 2; ++side) {
    const std::size_t client = 2 * pair + side;
    users[side] = options.users + std::to_string(client);
    sockets[side] = options.raw
                        ? connect_to(options.port, client)
                        : open_websocket(options.port, client, make_token(options.secret, users[side]));
  }
  if (!options.raw) call(sockets[0], sockets[1], users[1]);
  for (std::size_t side = 0; side < 2; ++side) {
    const auto frame = [&](std::size_t from) {
      return SequencedFrame::from_client(options.bytes, mask_of(2 * pair + from));
    };
    clients_.push_back(
        {.socket = std::move(sockets[side]),
         .outgoing = frame(side),
         .expected = options.raw ? frame(1 - side) : SequencedFrame::from_server(options.bytes)});
  }
}

void Pairs::send(std::size_t client, std::size_t messages) {
  Client& from = clients_[client];
  send_buffer_.clear();
  for (std::size_t i = 0; i < messages; ++i) {
    from.outgoing.set_number(from.next_to_send++);
    send_buffer_.append(from.outgoing.bytes());
  }
  send_all(from.socket, send_buffer_);
  sent_ += messages;
}

void Pairs::poll(int timeout_ms, const OnMessages& on_messages) {
  std::array<epoll_event, 256> events{};
  const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < ready; ++i) {
    const auto client = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
    const std::size_t messages = receive(client);
    if (messages > 0) on_messages(client, messages);
  }
}

std::size_t Pairs::receive(std::size_t client) {
  const ssize_t got = ::recv(clients_[client].socket.fd(), read_buffer_.data(), read_buffer_.size(), 0);
  if (got == 0) fatal("the server has closed a connection");
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return 0;
    fatal_errno("recv");
  }
  const std::size_t messages = compare(client, {read_buffer_.data(), static_cast<std::size_t>(got)});
  received_ += messages;
  return messages;
}

std::size_t Pairs::compare(std::size_t client, std::string_view input) {
  Client& to = clients_[client];
  std::size_t messages = 0;
  while (!input.empty()) {
    if (to.expected_read == 0) to.expected.set_number(to.next_expected);
    const auto rest = to.expected.bytes().substr(to.expected_read);
    const std::size_t size = std::min(rest.size(), input.size());
    if (input.substr(0, size) != rest.substr(0, size)) {
      fatal("message " + std::to_string(to.next_expected) +
            " is not the one that has to come next: " + std::string(input.substr(0, size)));
    }
    input.remove_prefix(size);
    to.expected_read += size;
    if (size < rest.size()) break;
    to.expected_read = 0;
    ++to.next_expected;
    ++messages;
  }
  return messages;
}

void Pairs::drain(const OnMessages& on_messages) {
  const auto until = monotonic_now() + kDrainMax;
  while (received_ < sent_) {
    if (monotonic_now() > until) {
      fatal(std::to_string(sent_ - received_) + " messages have not arrived");
    }
    poll(100, on_messages);
  }
}

}  // namespace zvonok::bench
