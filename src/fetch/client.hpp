// The few requests that this server makes itself, on a thread of their own, since they wait: values go in,
// values come back.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fetch/post.hpp"
#include "fetch/request.hpp"

// libcurl's handle, so that nobody who includes this needs its header.
using CURLM = void;

namespace zvonok::fetch {

class Client {
 public:
  using Done = std::function<void(Answer)>;

  /// `hand_back` hands a function to the thread that the answers are for: the owner's, on which everything
  /// here is called.
  explicit Client(std::function<void(std::function<void()>)> hand_back);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Gives up what is on its way: its `done` is never called.
  ~Client();

  /// `done` is posted once, within the request's time. More than kRequestsMax at a time are answered with an
  /// error.
  void get(Request request, Done done);
  void post(Post post, Done done);

  /// For nobody asks for that many unless something is wrong.
  static constexpr std::size_t kRequestsMax = 64;

 private:
  struct Job;
  using Jobs = std::vector<std::unique_ptr<Job>>;

  template <class What>
  void begin(What what, Done done);
  void run();
  void begin_new(Jobs& running);
  void end_finished(Jobs& running);

  // Given to us.
  const std::function<void(std::function<void()>)> hand_back_;
  // Ours. Whoever holds it weakly knows whether somebody still waits for an answer.
  std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
  CURLM* const multi_;
  std::mutex mutex_;
  Jobs queued_;            // behind mutex_
  bool stopping_ = false;  // behind mutex_
  std::thread thread_;
};

}  // namespace zvonok::fetch
