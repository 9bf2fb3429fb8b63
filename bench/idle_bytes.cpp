// What the bytes of an idle authenticated connection are: one line "bytes <tab> what" for each object that it
// holds, by the size that this compiler gives it and the allocator's rounding. Compiled against the product's
// own headers, so that a table in a document cannot fall behind.
#include <algorithm>
#include <boost/asio/detail/epoll_reactor.hpp>
#include <boost/asio/detail/reactive_wait_op.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/presence.hpp"
#include "net/connection.hpp"
#include "net/ws_stage.hpp"

namespace {

using namespace zvonok;

// glibc: a word of its own before each block, and sizes in steps of 16 bytes.
constexpr std::size_t allocated(std::size_t bytes) {
  return std::max<std::size_t>((bytes + sizeof(std::size_t) + 15) / 16 * 16, 32);
}

// base::Slab keeps it beside every object.
template <class T>
struct Place {
  std::uint32_t generation;
  T value;
};

// As Connection waits for its socket to become readable.
struct WaitHandler {
  std::shared_ptr<net::Connection> self;
  void operator()(const boost::system::error_code& /*error*/) const {}
};
using WaitOperation =
    boost::asio::detail::reactive_wait_op<WaitHandler, boost::asio::io_context::executor_type>;
using NameNode = std::__detail::_Hash_node<std::unordered_map<std::string, core::UserId>::value_type, true>;

void line(std::size_t bytes, const char* what) {
  std::printf("%zu\t%s\n", bytes, what);
}

}  // namespace

// std::make_shared puts two counts and a table of functions before the object.
constexpr std::size_t kCounts = 16;

int main() {
  line(allocated(sizeof(net::Connection) + kCounts),
       "net::Connection: socket, timer, peer's address, what is queued (nothing), state");
  line(allocated(sizeof(net::WsStage)),
       "net::WsStage: the hub's session with its token buckets, frame decoder, times of pings and expiry");
  line(allocated(sizeof(boost::asio::detail::epoll_reactor::descriptor_state)),
       "Asio: state of the descriptor in its epoll reactor");
  line(allocated(sizeof(WaitOperation) + 1),
       "Asio: the operation that waits until there is something to read");
  line(sizeof(Place<core::Device>), "core::Device in its slab");
  line(sizeof(Place<core::User>), "core::User in its slab, with a name of up to 15 bytes");
  line(allocated(sizeof(NameNode)) + sizeof(void*), "the user's entry in the table of names, and its bucket");
  line(sizeof(hub::Session*), "the hub's pointer from device to session");
}
