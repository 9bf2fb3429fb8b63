// Against sockets of our own that accept and say nothing, or hang up. What a real server may answer is tried
// by tests/system/jwks, with certificates.
#include "fetch/client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "base/test_owner.hpp"
#include "fetch/transfer.hpp"

namespace zvonok::fetch {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Connections are accepted by the kernel, and nobody reads them.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, plain, size), 0);
    EXPECT_EQ(::listen(socket_, 128), 0);
    EXPECT_EQ(::getsockname(socket_, plain, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  Request request(base::Duration at_most = base::seconds(60)) const {
    return {.url = "https://127.0.0.1:" + std::to_string(port_) + "/keys", .ca_file = {}, .at_most = at_most};
  }

 private:
  const int socket_;
  int port_ = 0;
};

class ClientTest : public ::testing::Test {
 protected:
  Client::Done note() {
    return [this](const Answer& answer) { errors.push_back(answer ? "answered" : answer.error()); };
  }

  const SilentServer silent;
  base::TestOwner owner;
  std::vector<std::string> errors;
  std::optional<Client> client{std::in_place,
                               [this](std::function<void()> call) { owner.post(std::move(call)); }};
};

TEST_F(ClientTest, GivesUpInTimeAndHasNotHeldUpTheOthers) {
  client->get(silent.request(), note());
  client->get(silent.request(base::Duration(50)), note());
  owner.run_one();
  EXPECT_THAT(errors, ElementsAre("has not answered within 50 ms"));
}

TEST_F(ClientTest, SpeaksHttpsOnly) {
  for (const std::string url :
       {"http://127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/", "nonsense://x", ""}) {
    client->get({.url = url, .ca_file = {}}, note());
    owner.run_one();
  }
  EXPECT_THAT(errors, SizeIs(5));
  EXPECT_THAT(errors, Each(HasSubstr("is not an https:// URL")));
}

TEST_F(ClientTest, SaysWhatIsWrong) {
  client->get({.url = "https://127.0.0.1:1/", .ca_file = {}, .at_most = base::seconds(60)}, note());
  owner.run_one();
  Request untrusting = silent.request();
  untrusting.ca_file = "/nowhere.pem";
  client->get(untrusting, note());
  owner.run_one();
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_THAT(errors[0], AllOf(HasSubstr("does not answer ("), HasSubstr("onnect")));
  EXPECT_THAT(errors[1], HasSubstr("/nowhere.pem"));
}

TEST_F(ClientTest, TakesABoundedNumberAtATime) {
  for (std::size_t i = 0; i <= Client::kRequestsMax; ++i) client->get(silent.request(), note());
  owner.run_one();
  EXPECT_THAT(errors, ElementsAre(HasSubstr("too much is asked for")));
}

TEST_F(ClientTest, AnswersNobodyOnceItIsGone) {
  client->get(silent.request(), note());
  client->get({.url = "nonsense", .ca_file = {}}, note());
  owner.wait_for_one();
  client.reset();
  owner.run_one();
  EXPECT_THAT(errors, IsEmpty());
}

TEST(Get, WaitsOnTheCallersThread) {
  const SilentServer silent;
  const auto answer = get(silent.request(base::Duration(50)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), "has not answered within 50 ms");
}

}  // namespace
}  // namespace zvonok::fetch
