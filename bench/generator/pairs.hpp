// N calls: 2N clients of which each two are in a call, or (raw) 2N sockets that the bare relay pairs. Every
// byte that arrives is compared with the byte that has to come next, so what is counted has arrived whole and
// in order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "options.hpp"
#include "sequenced_frame.hpp"

namespace zvonok::bench {

class Pairs {
 public:
  /// Connects everybody and waits until every call is answered.
  explicit Pairs(const Options& options);
  ~Pairs();
  Pairs(const Pairs&) = delete;
  Pairs& operator=(const Pairs&) = delete;

  /// Clients 2i and 2i + 1 are a pair.
  std::size_t clients() const { return clients_.size(); }
  static std::size_t partner_of(std::size_t client) { return client ^ 1; }

  /// Sends that many messages in one system call.
  void send(std::size_t client, std::size_t messages);

  /// Told how many whole messages a client has just received, as often as it has.
  using OnMessages = std::function<void(std::size_t client, std::size_t messages)>;
  /// Waits for at most that long, and reads what is there.
  void poll(int timeout_ms, const OnMessages& on_messages);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t received() const { return received_; }
  /// Waits until everything that was sent has arrived.
  void drain(const OnMessages& on_messages);

 private:
  struct Client {
    Socket socket;
    SequencedFrame outgoing, expected;
    std::uint64_t next_to_send = 0, next_expected = 0;
    std::size_t expected_read = 0;  // bytes of `expected` that have come
  };
  void add_pair(const Options& options, std::size_t pair);
  std::size_t receive(std::size_t client);
  std::size_t compare(std::size_t client, std::string_view input);

  const int epoll_;
  std::vector<Client> clients_;
  std::string send_buffer_;
  std::array<char, 65'536> read_buffer_{};
  std::uint64_t sent_ = 0, received_ = 0;
};

}  // namespace zvonok::bench
