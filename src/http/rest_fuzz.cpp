// Fuzzes the REST side: logins, sessions, profiles and searches, request after request, over rows in memory.
// A line of input is a request: `method target TAB how TAB body`, the first and third as the client sends
// them. The first byte of `how` is the minutes that pass before, the second whose token is shown: `l` that of
// the latest login, any other Anna's, none nobody's. Codes, ids and signatures of the fakes are guessable, so
// that whole logins are found.
// Invariants: every request is answered once, by what its route says in /openapi.json; answers are JSON; an
// address is shown to nobody but its owner; what is kept is in its form; neither an address nor all together
// are sent more than the limits let through.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/text.hpp"
#include "accounts/token_gate.hpp"
#include "base/assert.hpp"
#include "http/login_routes.hpp"
#include "http/router.hpp"
#include "http/test_requests.hpp"
#include "http/user_routes.hpp"
#include "ports/fake_account_store.hpp"
#include "ports/fake_code_sender.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_login_secrets.hpp"
#include "ports/fake_metrics.hpp"
#include "ports/fake_token_signer.hpp"
#include "ports/fake_token_verifier.hpp"

namespace {

using namespace zvonok;
using namespace zvonok::http;
using nlohmann::json;

// Twenty requests fit; longer inputs find nothing more.
constexpr std::size_t kInputMax = 4 * 1'024;
constexpr std::size_t kMessagesMax = 30;

std::string_view take_until(std::string_view& text, char end) {
  const auto part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

class RestSide {
 public:
  RestSide() {
    store_.rows.put_user({.id = "anna", .name = "Anna", .name_key = "anna", .phone = "+79990000001"});
    store_.rows.put_user({.id = "boris", .name = "Boris", .name_key = "boris", .email = "boris@b.example"});
    store_.rows.put_invite(
        {.token_hash = secrets_.invite_hash("invite"), .expires_at = wall_ + accounts::kInviteLife});
    anna_ = {"anna", verifier_.issue("anna")};
    routes_ = login_routes_.routes();
    for (auto& route : user_routes_.routes()) routes_.push_back(std::move(route));
    router_.emplace(RouterSettings{}, authenticator_, routes_);
  }

  void perform(std::string_view line) {
    const auto method = take_until(line, ' ');
    const auto target = take_until(line, '\t');
    const auto how = take_until(line, '\t');
    if (!how.empty()) pass(base::minutes(static_cast<unsigned char>(how[0]) % 64));
    auto request = testing::request(method, target);
    const Bearer bearer = how.size() < 2 ? Bearer{} : how[1] == 'l' ? latest_ : anna_;
    asker_ = bearer.user;
    if (!asker_.empty()) request.headers.push_back({"Authorization", "Bearer " + bearer.token});
    request.body = line;
    const auto response = answer(request);
    if (const auto* route = route_of(request)) check(*route, response);
    check_rows();
    check_messages();
  }

 private:
  void pass(base::Duration time) {
    wall_ += time;
    mono_ += time;
  }

  Response answer(const Request& request) {
    std::optional<Response> answered;
    router_->answer(request, [&answered](Response response) {
      ZVONOK_ASSERT(!answered);
      answered = std::move(response);
    });
    for (const auto& [wait, call] : std::exchange(later_, {})) {
      pass(wait);
      call();
    }
    ZVONOK_ASSERT(answered.has_value());
    return *std::move(answered);
  }

  const Route* route_of(const Request& request) const {
    const auto found = std::ranges::find_if(routes_, [&request](const Route& route) {
      const auto open = route.path.find('{');
      const bool here = open == route.path.npos ? request.path == route.path
                                                : request.path.starts_with(route.path.substr(0, open)) &&
                                                      request.path.find('/', open) == request.path.npos &&
                                                      request.path.size() > open;
      return here && request.method == route.method;
    });
    return found == routes_.end() ? nullptr : &*found;
  }

  void check(const Route& route, const Response& response) {
    if (response.status == 204) return ZVONOK_ASSERT(route.success == 204 && response.body.empty());
    const auto body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    ZVONOK_ASSERT(body.is_object());
    if (response.status == route.success && body.contains("user")) note_login(body);
    if (response.status == route.success) return check_people(body);
    const auto code = body.value("code", "");
    const auto is_it = [&](Error error) {
      return info(error).status == response.status && info(error).code == code;
    };
    const bool bearer = route.access == Route::Access::kBearer;
    // A parameter that cannot be decoded is no path of ours.
    ZVONOK_ASSERT(std::ranges::any_of(route.errors, is_it) || (bearer && is_it(Error::kUnauthorized)) ||
                  is_it(Error::kNotFound));
  }

  // The verifier knows only tokens that it has issued itself.
  void note_login(const json& body) {
    const auto refresh = body["refreshToken"].get<std::string>();
    ports::Identity identity;
    identity.user = body["user"]["id"].get<std::string>();
    identity.session = refresh.substr(0, refresh.find('.'));
    latest_.user = identity.user;
    latest_.token = verifier_.issue(std::move(identity));
  }

  void check_people(const json& body) const {
    const auto check_one = [this](const json& user) {
      ZVONOK_ASSERT(user.contains("id") && user.contains("name") && user.contains("avatar"));
      ZVONOK_ASSERT(user["id"] == asker_ || (!user.contains("phone") && !user.contains("email")));
    };
    if (body.contains("users")) {
      ZVONOK_ASSERT(body["users"].size() <= 20);
      for (const auto& user : body["users"]) check_one(user);
    }
    if (body.contains("id")) check_one(body);
  }

  void check_rows() {
    for (const auto& [id, user] : store_.rows.users) {
      ZVONOK_ASSERT(accounts::tidy_name(user.name) == user.name);
      ZVONOK_ASSERT(user.name_key == accounts::search_key(user.name));
      ZVONOK_ASSERT(accounts::is_avatar(user.avatar));
      ZVONOK_ASSERT(user.phone.empty() || (user.phone[0] == '+' && user.phone.size() <= 16));
      ZVONOK_ASSERT(user.email.empty() || std::ranges::count(user.email, '@') == 1);
    }
    ZVONOK_ASSERT(store_.rows.invites.begin()->second.messages <= accounts::kMessagesPerInviteMax);
  }

  void check_messages() {
    ZVONOK_ASSERT(store_.rows.messages.size() == sender_.messages.size());
    sent_at_.resize(sender_.messages.size(), wall_);
    const auto in_the_hour = [this](const std::string& address) {
      std::size_t count = 0;
      for (std::size_t i = 0; i < sent_at_.size(); ++i)
        if (sent_at_[i] > wall_ - base::hours(1) &&
            (address.empty() || sender_.messages[i].address == address))
          ++count;
      return count;
    };
    ZVONOK_ASSERT(in_the_hour("") <= kMessagesMax);
    for (const auto& message : sender_.messages) ZVONOK_ASSERT(in_the_hour(message.address) <= 5);
  }

  base::WallTime wall_{base::hours(24 * 365 * 50)};
  base::MonoTime mono_{base::hours(100)};
  std::vector<std::pair<base::Duration, std::function<void()>>> later_;
  ports::FakeAccountStore store_;
  ports::FakeLoginSecrets secrets_;
  ports::FakeTokenSigner signer_;
  ports::FakeTokenVerifier verifier_;
  ports::FakeCodeSender sender_;
  ports::FakeLog log_;
  ports::FakeMetrics metrics_;
  accounts::RevokedSessions revoked_;
  struct Bearer {
    std::string user, token;
  };
  Bearer anna_, latest_;
  std::string asker_;
  std::vector<base::WallTime> sent_at_;

  std::function<base::WallTime()> wall_now_ = [this] { return wall_; };
  std::function<base::MonoTime()> mono_now_ = [this] { return mono_; };
  accounts::Login logins_{{.registration = {accounts::Registration::kDomains, {"c.example"}},
                           .messages_per_hour_max = kMessagesMax},
                          {store_, secrets_, signer_, sender_, log_, metrics_, revoked_, wall_now_, mono_now_,
                           [](const std::string&) {}}};
  accounts::Profiles profiles_{{.default_country = "RU"}, store_};
  LoginRoutes login_routes_{
      {.default_country = "RU"},
      {.login = logins_,
       .wall_now = wall_now_,
       .mono_now = mono_now_,
       .after = [this](base::Duration wait,
                       std::function<void()> call) { later_.emplace_back(wait, std::move(call)); },
       .limited_client = [](const Request& request) { return std::optional(request.peer); },
       .may_see_code = [](const Request&, std::string_view key) { return key == "key"; }}};
  UserRoutes user_routes_{{profiles_, wall_now_, mono_now_}};
  accounts::TokenProfiles token_profiles_{store_, metrics_};
  accounts::TokenGate gate_{verifier_, revoked_, token_profiles_};
  Authenticator authenticator_{{.verifier = gate_,
                                .wall_now = wall_now_,
                                .note_refused_token = [](const Request&, const auto&) { return true; }}};
  std::vector<Route> routes_;
  std::optional<Router> router_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputMax) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  RestSide side;
  while (!text.empty()) side.perform(take_until(text, '\n'));
  return 0;
}
