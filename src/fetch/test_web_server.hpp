// An HTTP server for tests: gives the answers that it was told to, and keeps what it was asked.
#pragma once

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fetch/test_server.hpp"

namespace zvonok::fetch {

struct TestRequest {
  std::string first_line;            // "POST /sms HTTP/1.1"
  std::vector<std::string> headers;  // whole lines
  std::string body;

  bool has(const std::string& header) const { return std::ranges::find(headers, header) != headers.end(); }
};

/// `HTTP/1.1 200 OK` and so on, with the connection's end behind it.
inline std::string http_answer(int status, const std::string& more_headers = {},
                               const std::string& body = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Whatever\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more_headers + "\r\n" + body;
}

class TestWebServer {
 public:
  using Answer = std::function<void(TestConnection&)>;

  std::string url() const { return "http://" + server_.host_and_port() + "/sms"; }
  std::string host_and_port() const { return server_.host_and_port(); }

  /// The next request that has no answer yet gets this one; when there are no more, the last answer is given
  /// again.
  void answer(Answer how) {
    const std::scoped_lock lock(mutex_);
    answers_.push_back(std::move(how));
  }
  void answer(int status, const std::string& more_headers = {}, const std::string& body = {}) {
    answer([text = http_answer(status, more_headers, body)](TestConnection& client) { client.send(text); });
  }

  std::vector<TestRequest> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  void stop() { server_.stop(); }

 private:
  void talk(TestConnection& client) {
    TestRequest request;
    auto line = client.line();
    if (!line) return;
    request.first_line = *line;
    std::size_t length = 0;
    while ((line = client.line()) && !line->empty()) {
      constexpr std::string_view kLength = "Content-Length: ";
      if (line->starts_with(kLength)) length = std::stoul(line->substr(kLength.size()));
      request.headers.push_back(*line);
    }
    request.body = client.bytes(length);
    Answer how;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(std::move(request));
      if (!answers_.empty()) how = answers_.front();
      if (answers_.size() > 1) answers_.pop_front();
    }
    if (how) return how(client);
    client.send(http_answer(200));
  }

  mutable std::mutex mutex_;
  std::deque<Answer> answers_;         // behind mutex_
  std::vector<TestRequest> requests_;  // behind mutex_
  TestServer server_{[this](TestConnection& client) { talk(client); }};
};

}  // namespace zvonok::fetch
