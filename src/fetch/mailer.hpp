// Mail on its way to a mail server. What surprises: each has a thread of its own while it is on its way, for
// libcurl waits inside for the server's yes and farewell, and a slow server would hold up all transfers of a
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "fetch/mail.hpp"

namespace zvonok::fetch {

class Mailer {
 public:
  using Done = std::function<void(MailAnswer)>;

  /// `hand_back` hands a function to the thread that the answers are for: the owner's, on which everything
  /// here is called.
  explicit Mailer(std::function<void(std::function<void()>)> hand_back);
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;
  /// Gives up what is on its way, which takes a second at most: its `done` is never called.
  ~Mailer();

  /// `done` is handed back once, within the mail's time, and that of those before it when more than kAtATime
  /// are on their way. More than kMailsMax are answered with an error.
  void send(Mail mail, Done done);

  /// Each is a thread, of which deploy/zvonok.service allows 64 in all, coturn's among them. Fewer would let
  /// one slow mail hold up the next.
  static constexpr std::size_t kAtATime = 16;
  /// Beyond, whoever waits for a mail has given up before it is sent.
  static constexpr std::size_t kMailsMax = 64;

 private:
  struct Job;

  void begin(std::unique_ptr<Job> job);
  void end(const Job* job);
  void refuse(std::string_view why, Done done);

  // Given to us.
  const std::function<void(std::function<void()>)> hand_back_;
  // Ours. Whoever holds it weakly knows whether we are still here.
  const std::shared_ptr<Mailer*> self_ = std::make_shared<Mailer*>(this);
  std::atomic<bool> stopping_ = false;
  std::vector<std::unique_ptr<Job>> running_;
  std::deque<std::unique_ptr<Job>> waiting_;
};

}  // namespace zvonok::fetch
