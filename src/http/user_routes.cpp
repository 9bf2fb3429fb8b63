#include "http/user_routes.hpp"

#include <optional>
#include <utility>

#include "accounts/text.hpp"
#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/json_response.hpp"
#include "http/user_json.hpp"

namespace zvonok::http {
namespace {

using ports::StoreError;
using ports::User;

constexpr std::size_t kSearchBytesMax = 512;
constexpr std::size_t kUserIdBytesMax = 512;

bool is_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && accounts::decode_utf8(text).has_value();
}

}  // namespace

std::vector<Route> UserRoutes::routes() {
  using Access = Route::Access;
  return {
      {.method = "GET",
       .path = "/api/me",
       .handle = [this](const Call& call, const Reply& reply) { me(call, reply); },
       .access = Access::kBearer,
       .operation = "getMe",
       .summary = "Oneself",
       .response_schema = "User",
       .errors = {Error::kRateLimited, Error::kUnavailable}},
      {.method = "PATCH",
       .path = "/api/me",
       .handle = [this](const Call& call, const Reply& reply) { change_me(call, reply); },
       .access = Access::kBearer,
       .operation = "changeMe",
       .summary = "Changes one's name or avatar; what the token itself says of them goes before",
       .request_schema = "ProfileChange",
       .response_schema = "User",
       .errors = {Error::kNotJson, Error::kBadName, Error::kBadAvatar, Error::kRateLimited,
                  Error::kUnavailable}},
      {.method = "GET",
       .path = "/api/users",
       .handle = [this](const Call& call, const Reply& reply) { search(call, reply); },
       .access = Access::kBearer,
       .operation = "findUsers",
       .summary = "People by a whole phone number or e-mail address, or by the beginning of a name",
       .response_schema = "Users",
       .errors = {Error::kRateLimited, Error::kUnavailable},
       .query = "q"},
      {.method = "GET",
       .path = "/api/users/{id}",
       .handle = [this](const Call& call, const Reply& reply) { user(call, reply); },
       .access = Access::kBearer,
       .operation = "getUser",
       .summary = "One user: whom a `fromUserId` names",
       .response_schema = "User",
       .errors = {Error::kNotFound, Error::kRateLimited, Error::kUnavailable}},
  };
}

void UserRoutes::me(const Call& call, const Reply& reply) {
  if (!lookups_.try_take(call.identity.user, ports_.mono_now()))
    return reply(error_response(Error::kRateLimited));
  ports_.profiles.user(call.identity.user, [id = call.identity.user, reply](const auto& found) {
    if (!found) return reply(error_response(Error::kUnavailable));
    reply(json_response(user_json(found->value_or(User{.id = id}), Viewer::kSelf)));
  });
}

void UserRoutes::change_me(const Call& call, const Reply& reply) {
  const auto& identity = call.identity;
  if (!lookups_.try_take(identity.user, ports_.mono_now())) return reply(error_response(Error::kRateLimited));
  auto body = JsonBody::parse(call.request.body);
  if (!body) return reply(error_response(Error::kNotJson));
  auto name = body->text("name");
  auto avatar = body->text("avatar");
  if (!body->problem().empty()) return reply(error_response(Error::kNotJson, {.text = body->problem()}));
  // null takes it away.
  if (body->has("name") && !name) name = "";
  if (body->has("avatar") && !avatar) avatar = "";

  accounts::ProfileChange change;
  if (name) {
    change.name = accounts::tidy_name(*name);
    if (!change.name) return reply(error_response(Error::kBadName));
  }
  if (avatar) {
    if (!accounts::is_avatar(*avatar)) return reply(error_response(Error::kBadAvatar));
    change.avatar = avatar;
  }
  ports_.profiles.change(identity.user, accounts::claims_over(std::move(change), identity), ports_.wall_now(),
                         [reply](const base::Result<User, StoreError>& user) {
                           if (!user) return reply(error_response(Error::kUnavailable));
                           reply(json_response(user_json(*user, Viewer::kSelf)));
                         });
}

void UserRoutes::search(const Call& call, const Reply& reply) {
  if (!searches_.try_take(call.identity.user, ports_.mono_now()))
    return reply(error_response(Error::kRateLimited));
  const auto text = query_parameter(call.request.query, "q").value_or("");
  if (text.size() > kSearchBytesMax || !is_text(text)) return reply(json_response(R"({"users":[]})"));
  ports_.profiles.search(
      text, [id = call.identity.user, reply](const base::Result<std::vector<User>, StoreError>& users) {
        if (!users) return reply(error_response(Error::kUnavailable));
        std::string json = R"({"users":[)";
        bool first = true;
        for (const auto& user : *users) {
          if (!std::exchange(first, false)) json += ',';
          json += user_json(user, user.id == id ? Viewer::kSelf : Viewer::kOther);
        }
        reply(json_response(json + "]}"));
      });
}

void UserRoutes::user(const Call& call, const Reply& reply) {
  if (!lookups_.try_take(call.identity.user, ports_.mono_now()))
    return reply(error_response(Error::kRateLimited));
  const auto& id = call.parameter;
  if (id.size() > kUserIdBytesMax || !is_text(id)) return reply(error_response(Error::kNotFound));
  const auto viewer = id == call.identity.user ? Viewer::kSelf : Viewer::kOther;
  ports_.profiles.user(id, [viewer, reply](const base::Result<std::optional<User>, StoreError>& user) {
    if (!user) return reply(error_response(Error::kUnavailable));
    if (!*user) return reply(error_response(Error::kNotFound));
    reply(json_response(user_json(**user, viewer)));
  });
}

}  // namespace zvonok::http
