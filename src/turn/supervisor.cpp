#include "turn/supervisor.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/assert.hpp"
#include "turn/credentials.hpp"
#include "turn/free_ports.hpp"
#include "turn/own_addresses.hpp"
#include "turn/probe.hpp"

namespace zvonok::turn {
namespace {

using base::Duration;
using ports::LogLevel;

constexpr Duration kStartMax{8'000};  // 20 to 40 ms is usual; a machine that boots takes longer
constexpr Duration kProbeEvery{25};
constexpr Duration kProbePatience{500};
constexpr Duration kBackOffFirst{100};  // a relayed call notices after seconds
constexpr Duration kBackOffMax{10'000};
constexpr Duration kStableAfter{60'000};  // a relay that ran so long did not end because of its start
constexpr Duration kLookAgain{10'000};    // at it and its addresses
constexpr Duration kLookAgainSoon{1'000};
constexpr Duration kNameMax{5'000};   // for turn.host at the start
constexpr unsigned kChangesMin = 3;   // looks that find turn.host elsewhere, before calls are cut for it
constexpr unsigned kSilencesMax = 3;  // one may be a moment without a processor
// A busy relay writes a line with every step of every client: reading many in one go costs less, and its pipe
// holds what it can write meanwhile.
constexpr Duration kReadEvery{50};
constexpr Duration kTellEvery{1'000};
constexpr std::size_t kLineBytesMax = 4'096;
constexpr std::size_t kComplaintBytesMax = 200;

std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Each allocation has a relay socket, each client over TCP one more, and browsers ask for several. Strangers
// may connect over TCP, too, and keep that for a minute: they must not take what calls need, nor, at 21 KB
// each (measured), the memory.
std::size_t descriptors_for(const PortRange& ports) {
  constexpr std::size_t kStrangers = 8'192;
  return 4 * (std::size_t{ports.last} - ports.first + 1) + kStrangers;
}

Probe probe_of(const CoturnSettings& settings, const RelayPlan& plan) {
  ZVONOK_ASSERT(!plan.relay.empty());
  Probe probe;
  probe.port = settings.port;
  probe.secret = settings.secret;
  probe.valid_until = unix_seconds() + 60;
  probe.family = plan.relay.front().is_v4() ? AddressFamily::kIpv4 : AddressFamily::kIpv6;
  return probe;
}

bool has_its_addresses(const RelayPlan& plan, const std::vector<base::IpAddress>& own) {
  return std::ranges::all_of(plan.relay, [&](const base::IpAddress& address) {
    return address.is_loopback() || std::ranges::find(own, address) != own.end();
  });
}

bool is_complaint(std::string_view line) {
  return line.find("ERROR") != line.npos || line.find("annot ") != line.npos;
}

}  // namespace

Supervisor::Supervisor(CoturnSettings settings, SupervisorEvents events)
    : settings_(std::move(settings)),
      events_(std::move(events)),
      host_(settings_.wishes.host),
      log_(settings_.log_mark, std::string(kProbeUserPrefix)) {
  stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
  ZVONOK_ASSERT(stop_fd_ >= 0);
}

Supervisor::~Supervisor() {
  const std::uint64_t one = 1;
  const auto written = ::write(stop_fd_, &one, sizeof one);
  ZVONOK_ASSERT(written == sizeof one);
  if (thread_.joinable()) thread_.join();
  ::close(stop_fd_);
}

base::Result<void, std::string> Supervisor::start() {
  std::promise<base::Result<void, std::string>> first;
  auto result = first.get_future();
  thread_ = std::thread([this, first = std::move(first)]() mutable { run(std::move(first)); });
  return result.get();
}

void Supervisor::run(std::promise<base::Result<void, std::string>> first) {
  auto begun = begin();
  const bool worked = begun.has_value();
  if (!worked) process_.reset();
  first.set_value(std::move(begun));
  if (!worked) return;
  for (auto back_off = kBackOffFirst;;) {
    const auto started = std::chrono::steady_clock::now();
    const auto ended = process_ ? watch() : Watched::kEnded;
    const bool was_running = process_.has_value();
    process_.reset();
    if (ended == Watched::kStopping) return;
    if (was_running && std::chrono::steady_clock::now() - started > kStableAfter) back_off = kBackOffFirst;
    if (ended == Watched::kSilent)
      events_.told(LogLevel::kWarn, "the relay (coturn) does not answer: starting it again");
    if (ended == Watched::kAddressesChanged)
      events_.told(LogLevel::kWarn,
                   "the addresses of this machine or of turn.host have changed: starting the relay anew");
    if (ended == Watched::kEnded) {
      if (was_running) events_.told(LogLevel::kWarn, "the relay (coturn) has ended: starting it again");
      if (wait(back_off)) return;
      back_off = std::min(back_off * 2, kBackOffMax);
    }
    if (const auto again = begin(); again) {
      events_.restarted();
      events_.told(LogLevel::kInfo, "the relay (coturn) works again");
    } else {
      process_.reset();
      events_.told(LogLevel::kError, "no relay, trying again: " + again.error());
    }
  }
}

RelayPlan Supervisor::look_around() {
  return plan_relay({.own = own_addresses(),
                     .outgoing_v4 = outgoing_address(Family::kIpv4),
                     .outgoing_v6 = outgoing_address(Family::kIpv6),
                     .host = host_.addresses(),
                     .present = plan_},
                    settings_.wishes);
}

base::Result<void, std::string> Supervisor::begin() {
  log_.forget_allocations();
  unfinished_line_.clear();
  silences_ = half_silences_ = changes_ = 0;
  looking_up_ = false;
  host_.begin();
  if (host_.addresses().empty()) host_.wait(kNameMax);
  plan_ = look_around();
  if (plan_.warnings != told_warnings_) {
    for (const auto& warning : plan_.warnings) events_.told(LogLevel::kWarn, warning);
    told_warnings_ = plan_.warnings;
  }
  if (const auto free = check_port(settings_.port, plan_.listen); !free) {
    return base::Unexpected{
        "turn.port: port " + std::to_string(settings_.port) + " on " + free.error().to_string() +
        " is already in use: stop the other server (Debian's coturn: systemctl disable --now "
        "coturn), or choose another port"};
  }
  auto process =
      CoturnProcess::start(coturn_config(settings_, plan_), descriptors_for(settings_.relay_ports));
  if (!process) return base::Unexpected{"turn.mode = managed: " + process.error()};
  process_ = *std::move(process);
  return wait_until_it_works();
}

base::Result<void, std::string> Supervisor::wait_until_it_works() {
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  last_complaint_.clear();
  std::string problem;
  while (std::chrono::steady_clock::now() < deadline) {
    if (wait(kProbeEvery)) return base::Unexpected{std::string("stopped")};
    read_log();
    if (process_->has_ended()) {
      problem = "it ends at once";
      break;
    }
    const auto works = try_allocation(probe_of(settings_, plan_), kProbePatience);
    if (works) return {};
    problem = works.error().text;
  }
  read_log();
  return base::Unexpected{"the relay (coturn) does not work: " + problem +
                          (last_complaint_.empty() ? "" : "; it says: " + last_complaint_) +
                          "; look at turn.port, turn.relay_ports and turn.external_ip"};
}

// Whether it is to stop.
bool Supervisor::wait(base::Duration at_most) {
  pollfd stop{.fd = stop_fd_, .events = POLLIN, .revents = 0};
  return ::poll(&stop, 1, static_cast<int>(at_most.count())) == 1;
}

Supervisor::Watched Supervisor::watch() {
  using Clock = std::chrono::steady_clock;
  look_again_ = Clock::now() + kLookAgain;
  auto tell_again = Clock::now();
  while (true) {
    std::array<pollfd, 3> files{{{.fd = stop_fd_, .events = POLLIN, .revents = 0},
                                 {.fd = process_->ended_fd(), .events = POLLIN, .revents = 0},
                                 {.fd = process_->log_fd(), .events = POLLIN, .revents = 0}}};
    const auto left = std::chrono::ceil<Duration>(look_again_ - Clock::now());
    const auto most = looking_up_ || log_has_news_ ? std::min(left, kTellEvery) : left;
    (void)::poll(files.data(), files.size(), static_cast<int>(std::max(most, Duration{0}).count()));
    if (files[0].revents != 0) return Watched::kStopping;
    if (files[2].revents != 0) {
      if (files[1].revents == 0 && wait(kReadEvery)) return Watched::kStopping;
      read_log();
    }
    if (Clock::now() >= tell_again || files[1].revents != 0) {
      tell_usage();
      tell_again = Clock::now() + kTellEvery;
    }
    if (files[1].revents != 0) return Watched::kEnded;
    if (const auto over = look_after_it()) return *over;
  }
}

// Whether it still serves, and at the addresses that it should.
std::optional<Supervisor::Watched> Supervisor::look_after_it() {
  if (looking_up_ && !host_.under_way()) {
    looking_up_ = false;
    if (has_moved()) return Watched::kAddressesChanged;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < look_again_) return std::nullopt;
  const auto answers = who_answers(probe_of(settings_, plan_), kProbePatience);
  read_log();
  const bool silent = !answers.udp && !answers.tcp;
  look_again_ = now + (silent ? kLookAgainSoon : kLookAgain);
  silences_ = silent ? silences_ + 1 : 0;
  if (silences_ == kSilencesMax) return Watched::kSilent;
  note_half_silence(answers);
  host_.begin();
  looking_up_ = true;
  return std::nullopt;
}

// A flood of datagrams drowns ours. It would do the same to a relay that is started anew, whose calls over
// TCP are lost.
void Supervisor::note_half_silence(const Answers& answers) {
  half_silences_ = answers.udp != answers.tcp ? half_silences_ + 1 : 0;
  if (half_silences_ == kSilencesMax)
    events_.told(LogLevel::kWarn, std::string("the relay (coturn) answers over ") +
                                      (answers.tcp ? "TCP" : "UDP") +
                                      " alone: it is flooded, or ill; if that stays, start zvonok anew");
}

bool Supervisor::has_moved() {
  if (!must_restart(plan_, look_around(), host_.addresses())) {
    changes_ = 0;
    return false;
  }
  // Names of several servers mean another one each time; an address that this machine has lost serves nobody.
  return ++changes_ >= kChangesMin || !has_its_addresses(plan_, own_addresses());
}

void Supervisor::read_log() {
  std::array<char, 65'536> buffer{};
  while (true) {
    const auto got = ::read(process_->log_fd(), buffer.data(), buffer.size());
    if (got <= 0) return;
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    while (!text.empty()) {
      const auto end = text.find('\n');
      unfinished_line_.append(text.substr(0, end));
      if (unfinished_line_.size() > kLineBytesMax) unfinished_line_.resize(kLineBytesMax);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
      const auto said = log_.read_line(unfinished_line_);
      log_has_news_ = true;
      if (is_complaint(said)) last_complaint_ = said.substr(0, kComplaintBytesMax);
      unfinished_line_.clear();
    }
  }
}

void Supervisor::tell_usage() {
  log_has_news_ = false;
  const auto usage = log_.take();
  if (usage == RelayUsage{} && told_allocations_ == log_.allocations_now()) return;
  told_allocations_ = log_.allocations_now();
  events_.used(usage, told_allocations_);
}

}  // namespace zvonok::turn
