// POSTs to a server of our own on loopback. What a server with a certificate may answer is tried over the
// wire.
#include "fetch/post.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

#include "base/test_owner.hpp"
#include "fetch/client.hpp"
#include "fetch/test_web_server.hpp"
#include "fetch/transfer.hpp"

namespace zvonok::fetch {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PostTest : public ::testing::Test {
 protected:
  Post post_to(const std::string& url) const {
    return {.to = {.url = url, .ca_file = {}, .at_most = base::seconds(60)},
            .schemes = Schemes::kHttpToo,
            .body = base::Redacted(std::string(R"({"text":"493817"})")),
            .headers = {}};
  }
  Post post() const { return post_to(web.url()); }

  Answer answer_to(Post what) {
    std::optional<Answer> answer;
    client.post(std::move(what), [&](Answer came) { answer = std::move(came); });
    while (!answer) owner.run_one();
    return *answer;
  }
  std::string error_of(Post what) {
    const auto answer = answer_to(std::move(what));
    return answer ? "answered" : answer.error();
  }

  TestWebServer web;
  base::TestOwner owner;
  Client client{[this](std::function<void()> call) { owner.post(std::move(call)); }};
};

TEST_F(PostTest, BringsBodyTypeAndHeaders) {
  Post what = post();
  what.content_type = "application/x-test";
  what.headers = {{.name = "Authorization", .value = base::Redacted(std::string("Bearer key"))},
                  {.name = "X-More", .value = base::Redacted(std::string("1"))}};
  web.answer(201, {}, "taken");
  const auto answer = answer_to(std::move(what));
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "taken");
  ASSERT_THAT(web.requests(), SizeIs(1));
  const TestRequest request = web.requests().front();
  EXPECT_EQ(request.first_line, "POST /sms HTTP/1.1");
  EXPECT_EQ(request.body, R"({"text":"493817"})");
  EXPECT_TRUE(request.has("Content-Type: application/x-test"));
  EXPECT_TRUE(request.has("Authorization: Bearer key"));
  EXPECT_TRUE(request.has("X-More: 1"));
}

TEST_F(PostTest, HandsBackEveryStatusAndFollowsNoRedirect) {
  TestWebServer elsewhere;
  for (const int status : {204, 302, 307, 400, 500}) {
    TestWebServer once;
    once.answer(status, "Location: " + elsewhere.url() + "\r\n");
    const auto answer = answer_to(post_to(once.url()));
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->status, status);
  }
  EXPECT_THAT(elsewhere.requests(), IsEmpty());
}

TEST_F(PostTest, GoesNowhereButToHttpsUnlessTheCallerAllowsHttp) {
  Post strict = post();
  strict.schemes = Schemes::kHttpsOnly;
  EXPECT_THAT(error_of(strict), HasSubstr("is not an https:// URL"));
  EXPECT_THAT(web.requests(), IsEmpty());
}

TEST_F(PostTest, SpeaksNothingButHttp) {
  for (const std::string url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "smtp://127.0.0.1/", "nonsense://x", ""})
    EXPECT_THAT(error_of(post_to(url)), HasSubstr("is neither an http:// nor an https:// URL"));
}

TEST_F(PostTest, AsksNobodyWithAHeaderThatIsTwo) {
  for (const std::string value : {"a\r\nX-Evil: 1", "a\nb", "a\x7f"}) {
    Post what = post();
    what.headers = {{.name = "Authorization", .value = base::Redacted(value)}};
    EXPECT_THAT(error_of(std::move(what)), HasSubstr("control characters"));
    Post typed = post();
    typed.content_type = value;
    EXPECT_THAT(error_of(std::move(typed)), HasSubstr("control characters"));
  }
  EXPECT_THAT(web.requests(), IsEmpty());
}

TEST_F(PostTest, GivesUpInTime) {
  web.answer([](TestConnection& hanging) { hanging.hang(); });
  Post what = post();
  what.to.at_most = base::Duration(50);
  EXPECT_EQ(error_of(std::move(what)), "has not answered within 50 ms");
}

TEST_F(PostTest, GivesUpInTimeWhileHeadersTrickle) {
  web.answer([](TestConnection& slow) {
    if (slow.send("HTTP/1.1 200 OK\r\nX-A: b\r\n")) slow.hang();
  });
  Post what = post();
  what.to.at_most = base::Duration(100);
  EXPECT_EQ(error_of(std::move(what)), "has not answered within 100 ms");
}

TEST_F(PostTest, EndsAnAnswerThatDoesNotEnd) {
  web.answer([](TestConnection& endless) {
    if (!endless.send("HTTP/1.1 200 OK\r\n")) return;
    while (endless.send("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(error_of(post()), "answers with more than 65536 bytes of headers");
  TestWebServer body;
  body.answer([](TestConnection& endless) {
    if (!endless.send("HTTP/1.1 200 OK\r\n\r\n")) return;
    while (endless.send(std::string(1000, 'x'))) {
    }
  });
  EXPECT_EQ(error_of(post_to(body.url())), "answers with more than 65536 bytes");
  TestWebServer announced;
  announced.answer([](TestConnection& large) {
    large.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    large.hang();
  });
  EXPECT_EQ(error_of(post_to(announced.url())), "answers with more than 65536 bytes");
}

TEST_F(PostTest, SaysThatAServerHangsUpOrTalksNonsense) {
  web.answer([](TestConnection&) {});
  EXPECT_THAT(error_of(post()), HasSubstr("does not answer ("));
  TestWebServer nonsense;
  nonsense.answer([](TestConnection& other) { other.send("220 this is no web server\r\n"); });
  EXPECT_THAT(error_of(post_to(nonsense.url())), HasSubstr("does not answer ("));
}

TEST_F(PostTest, TellsNothingOfWhatWasSentNorOfWhatOpensTheServer) {
  TestServer closed([](TestConnection&) {});
  const std::string nobody = closed.host_and_port();
  closed.stop();
  TestWebServer nonsense;
  nonsense.answer([](TestConnection& other) { other.send("\xff\xff\xff\xff\r\n\r\n"); });
  for (const std::string& place : {nobody, nonsense.host_and_port(), std::string("no.such.host.invalid"),
                                   std::string("bad host"), std::string("127.0.0.1:99999")}) {
    for (const std::string scheme : {"http://", "https://"}) {
      Post what = post_to(scheme + "user:hunter2@" + place + "/sms?key=s3cr3t");
      what.headers = {{.name = "Authorization", .value = base::Redacted(std::string("Bearer t0k3n"))}};
      what.to.at_most = base::Duration(300);  // some wait for more than a client of the other scheme sends
      const std::string error = error_of(std::move(what));
      for (const std::string secret : {"hunter2", "s3cr3t", "t0k3n", "493817"})
        EXPECT_THAT(error, Not(HasSubstr(secret)));
      EXPECT_THAT(error, AnyOf(HasSubstr("answer"), HasSubstr("is neither")));
    }
  }
}

TEST_F(PostTest, TellsNoProxyWhatIsNotEncrypted) {
  ASSERT_EQ(::setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  const auto answer = answer_to(post());
  ASSERT_EQ(::unsetenv("http_proxy"), 0);
  EXPECT_TRUE(answer);
}

TEST_F(PostTest, TakesABoundedNumberAtATime) {
  web.answer([](TestConnection& hanging) { hanging.hang(); });
  for (std::size_t i = 0; i < Client::kRequestsMax; ++i) client.post(post(), [](const Answer&) {});
  EXPECT_THAT(error_of(post()), HasSubstr("too much is asked for"));
}

}  // namespace
}  // namespace zvonok::fetch
