// A mail server for tests, in the clear: takes messages, or answers a command in another way than it should.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fetch/test_server.hpp"

namespace zvonok::fetch {

struct TestMail {
  std::string greeting, from, to;  // as the commands gave them
  std::string text;                // lines that end in CRLF, without the last dot
};

/// What it says to a command in place of the usual, by verb; "" is the greeting at the beginning, "." the
/// message. kHang: nothing, and kHangUp: the connection's end.
using TestReplies = std::map<std::string, std::string>;
inline const std::string kHang = "hang";
inline const std::string kHangUp = "hang up";

class TestMailServer {
 public:
  std::string url() const { return "smtp://" + server_.host_and_port(); }

  /// Of the next connection that has none; when there are no more, the last are those of the next one too.
  void reply(TestReplies replies) {
    const std::scoped_lock lock(mutex_);
    replies_.push_back(std::move(replies));
  }

  int connections() const { return server_.connections(); }
  std::vector<TestMail> mails() const {
    const std::scoped_lock lock(mutex_);
    return mails_;
  }
  /// All lines that clients have sent, but for texts.
  std::vector<std::string> commands() const {
    const std::scoped_lock lock(mutex_);
    return commands_;
  }
  void stop() { server_.stop(); }

 private:
  TestReplies next_replies() {
    const std::scoped_lock lock(mutex_);
    if (replies_.empty()) return {};
    TestReplies next = replies_.front();
    if (replies_.size() > 1) replies_.pop_front();
    return next;
  }

  static std::string usual_reply(const std::string& line, const std::string& verb) {
    static const TestReplies kUsual{{"EHLO", "250-test\r\n250 AUTH PLAIN"},
                                    {"DATA", "354 go on"},
                                    {"QUIT", "221 bye"},
                                    {"MAIL", "250 ok"},
                                    {"RCPT", "250 ok"}};
    if (line == "AUTH PLAIN") return "334 ";
    const auto found = kUsual.find(verb);
    return found == kUsual.end() ? "235 come in" : found->second;  // what is no command is the answer to 334
  }

  /// False: the conversation is over.
  static bool say(TestConnection& client, const TestReplies& replies, const std::string& verb,
                  const std::string& usual) {
    const auto found = replies.find(verb);
    const std::string& reply = found == replies.end() ? usual : found->second;
    if (reply == kHang) client.hang();
    if (reply == kHang || reply == kHangUp) return false;
    return client.send(reply + "\r\n");
  }

  void talk(TestConnection& client) {
    const TestReplies replies = next_replies();
    if (!say(client, replies, "", "220 test ESMTP")) return;
    TestMail mail;
    while (const auto line = client.line()) {
      {
        const std::scoped_lock lock(mutex_);
        commands_.push_back(*line);
      }
      const std::string verb = line->substr(0, line->find(' '));
      if (verb == "EHLO") mail.greeting = line->substr(5);
      if (verb == "MAIL") mail.from = line->substr(5);
      if (verb == "RCPT") mail.to = line->substr(5);
      if (!say(client, replies, verb, usual_reply(*line, verb))) return;
      const bool goes_on = !replies.contains("DATA") || replies.at("DATA").starts_with("354");
      if (verb == "DATA" && goes_on && (!take_text(client, mail) || !say(client, replies, ".", "250 taken")))
        return;
    }
  }

  bool take_text(TestConnection& client, TestMail& mail) {
    mail.text.clear();
    while (const auto line = client.line()) {
      if (*line == ".") {
        const std::scoped_lock lock(mutex_);
        mails_.push_back(mail);
        return true;
      }
      mail.text += line->substr(line->starts_with('.') ? 1 : 0) + "\r\n";
    }
    return false;
  }

  mutable std::mutex mutex_;
  std::deque<TestReplies> replies_;    // behind mutex_
  std::vector<TestMail> mails_;        // behind mutex_
  std::vector<std::string> commands_;  // behind mutex_
  TestServer server_{[this](TestConnection& client) { talk(client); }};
};

}  // namespace zvonok::fetch
