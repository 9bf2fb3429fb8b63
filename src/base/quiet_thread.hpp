// A thread that takes no signals: they are for the loop's thread.
#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace zvonok::base {

/// Throws std::system_error when the system gives no more threads.
template <class Function>
std::thread quiet_thread(Function function) {
  // A thread begins with the signals that its maker blocks. The guard gives them back, whatever is thrown.
  struct Blocked {
    Blocked() {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
    }
    Blocked(const Blocked&) = delete;
    Blocked& operator=(const Blocked&) = delete;
    ~Blocked() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
    sigset_t before{};
  };
  const Blocked blocked;
  return std::thread(std::move(function));
}

}  // namespace zvonok::base
