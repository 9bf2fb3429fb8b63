// A PostgreSQL of the tests' own, in a temporary folder and on a socket there: nothing listens on a port, and
// no server of the machine is touched. It refuses to be root, so that as root it runs as the user postgres or
// nobody.
#pragma once

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/assert.hpp"
#include "base/test_folder.hpp"
#include "storage/connection.hpp"

namespace zvonok::storage {

class PostgresqlServer {
 public:
  PostgresqlServer() {
    if (missing().empty() && init()) start();
  }
  ~PostgresqlServer() { stop(); }
  PostgresqlServer(const PostgresqlServer&) = delete;
  PostgresqlServer& operator=(const PostgresqlServer&) = delete;

  /// What is not here that it needs; empty: all is here.
  static std::string missing() {
    return programs().empty() ? "initdb and postgres (Debian: postgresql)" : "";
  }
  /// Why it does not run; empty: it does.
  const std::string& problem() const { return problem_; }

  void start() {
    pid_ = run({"postgres", "-D", data(), "-c", "listen_addresses=", "-c",
                "unix_socket_directories=" + folder_.path(), "-c", "fsync=off", "-c", "full_page_writes=off",
                "-c", "shared_buffers=16MB", "-c", "max_connections=40"});
    // The last line of this file says so once it takes connections.
    for (int i = 0; i < 6'000; ++i) {
      if (folder_.read("data/postmaster.pid").find("ready") != std::string::npos) return;
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    problem_ = "postgres does not start: " + folder_.read("log");
  }
  /// As if its machine had lost power.
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGQUIT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  /// Where the database of that name is, as libpq takes it.
  DatabaseSettings settings(const std::string& database) const {
    return {.sqlite_file = {},
            .postgresql_url = base::Redacted("host=" + folder_.path() + " user=zvonok dbname=" + database)};
  }

  /// A database with nothing of ours in it, and nobody else in it: the same one each time, since making
  /// another takes longer than most tests. Throws what would be a failure of the test.
  DatabaseSettings empty_database() const {
    if (!problem_.empty()) throw std::runtime_error(problem_);
    Connection connection(settings("postgres"));
    connection.open();
    connection.sql() << "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()";
    connection.sql() << "DROP SCHEMA IF EXISTS zvonok CASCADE";
    return connection.settings();
  }

 private:
  static std::string programs() {
    std::string newest;
    std::error_code error;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
      const auto folder = version.path() / "bin";
      if (std::filesystem::exists(folder / "initdb") && std::filesystem::exists(folder / "postgres"))
        newest = std::max(newest, folder.string());
    }
    return newest;
  }

  std::string data() const { return folder_.path("data"); }

  // Its order of letters is that of a language, which ours must not depend on.
  bool init() {
    if (::geteuid() == 0 && ::chown(folder_.path().c_str(), owner()->pw_uid, owner()->pw_gid) != 0) {
      problem_ = "the folder of postgres cannot be given away";
      return false;
    }
    const pid_t child = run({"initdb", "-D", data(), "-A", "trust", "--no-sync", "-U", "zvonok", "-E", "UTF8",
                             "--locale=C", "--locale-provider=icu", "--icu-locale=ru"});
    int status = 0;
    if (::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    problem_ = "initdb has failed: " + folder_.read("log");
    return false;
  }

  static const passwd* owner() {
    const passwd* found = ::getpwnam("postgres");
    if (found == nullptr) found = ::getpwnam("nobody");
    ZVONOK_ASSERT(found != nullptr);
    return found;
  }

  /// Runs one of its programs, with what it says in a file.
  pid_t run(std::vector<std::string> words) {
    words.front() = programs() + "/" + words.front();
    std::vector<char*> arguments(words.size() + 1);  // the last one stays null
    std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
    const auto log = folder_.path("log");
    const passwd* other = ::geteuid() == 0 ? owner() : nullptr;
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (other != nullptr && (::setgid(other->pw_gid) != 0 || ::setuid(other->pw_uid) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test program that crashes leaves no server behind
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    if (::chdir("/") == 0) ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }

  base::TestFolder folder_;
  std::string problem_;
  pid_t pid_ = 0;
};

/// The one that all tests of a program share: it takes a second to start.
inline const PostgresqlServer& postgresql_server() {
  static const PostgresqlServer kServer;
  return kServer;
}

}  // namespace zvonok::storage
