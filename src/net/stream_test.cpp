#include "net/stream.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "net/test_certificate.hpp"

namespace zvonok::net {
namespace {

using Kind = IoResult::Kind;

// One end is a server's stream over a socketpair, the other a client of OpenSSL whose bytes leave when the
// test says so.
class TlsStreamTest : public ::testing::Test {
 public:
  ~TlsStreamTest() override { ::close(ends[0]); }

 protected:
  TlsStreamTest() {
    SSL_set_bio(client.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(client.get());
  }

  // What the client has written so far, in one segment.
  void flush() {
    const auto bytes = testing::text_of(SSL_get_wbio(client.get()));
    BIO_reset(SSL_get_wbio(client.get()));
    if (bytes.empty()) return;
    ASSERT_EQ(::send(ends[0], bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void receive() {
    std::array<char, 16'384> bytes{};
    for (ssize_t got = 0; (got = ::recv(ends[0], bytes.data(), bytes.size(), 0)) > 0;)
      BIO_write(SSL_get_rbio(client.get()), bytes.data(), static_cast<int>(got));
  }
  void shake_hands() {
    for (int i = 0; i < 10; ++i) {
      SSL_do_handshake(client.get());
      flush();
      const auto result = stream.handshake();
      receive();
      if (result.kind == Kind::kDone) return;
      ASSERT_EQ(result.kind, Kind::kWaitReadable);
    }
    FAIL() << "no handshake";
  }
  // RFC 8446 section 4.6.3.
  void update_key(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(SSL_key_update(client.get(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
      ASSERT_EQ(SSL_do_handshake(client.get()), 1);
    }
  }
  IoResult read() {
    std::array<char, 1'024> into{};
    auto result = stream.read(into);
    text.assign(into.data(), result.bytes);
    return result;
  }

  Socket server_end() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    return Socket(io.get_executor(), boost::asio::ip::tcp::v4(), ends[1]);
  }

  std::array<int, 2> ends{};
  const testing::Key key{EVP_EC_gen("P-256")};
  const TlsIdentity identity = *TlsIdentity::from_pem({"cert.pem", testing::certificate(key.get())},
                                                      {"key.pem", testing::pem(key.get())});
  boost::asio::io_context io;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free};
  const std::unique_ptr<SSL, decltype(&SSL_free)> client{SSL_new(context.get()), SSL_free};
  std::string text;
  Stream stream{server_end(), identity.context()};
};

TEST_F(TlsStreamTest, ReadsPastARecordThatIsNoData) {
  shake_hands();
  update_key(3);
  ASSERT_EQ(SSL_write(client.get(), "hello", 5), 5);
  flush();
  EXPECT_EQ(read().kind, Kind::kDone);
  EXPECT_EQ(text, "hello");
  EXPECT_EQ(read().kind, Kind::kWaitReadable);
}

TEST_F(TlsStreamTest, EndsAClientThatSendsRecordAfterRecordWithoutData) {
  shake_hands();
  update_key(1'000);
  flush();
  EXPECT_EQ(read().kind, Kind::kError);
}

}  // namespace
}  // namespace zvonok::net
