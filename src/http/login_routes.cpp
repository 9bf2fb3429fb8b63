#include "http/login_routes.hpp"

#include <algorithm>
#include <utility>

#include "accounts/code_rules.hpp"
#include "accounts/email.hpp"
#include "accounts/phone.hpp"
#include "accounts/text.hpp"
#include "http/json_body.hpp"
#include "http/json_response.hpp"
#include "http/language.hpp"
#include "http/user_json.hpp"
#include "protocol/outgoing.hpp"

namespace zvonok::http {
namespace {

using accounts::Login;
using protocol::json_string;

Response not_json(std::string_view detail) {
  return error_response(Error::kNotJson, {.text = detail});
}

std::string epoch_ms(base::WallTime time) {
  return std::to_string(time.time_since_epoch().count());
}

std::string tokens_json(const accounts::Tokens& tokens) {
  return R"("token":)" + json_string(tokens.access.reveal()) + R"(,"expiresAt":)" +
         epoch_ms(tokens.access_expires_at) + R"(,"refreshToken":)" + json_string(tokens.refresh.reveal());
}

Error error_of(accounts::InviteVerdict verdict) {
  if (verdict == accounts::InviteVerdict::kUsed) return Error::kInviteUsed;
  return verdict == accounts::InviteVerdict::kExpired ? Error::kInviteExpired : Error::kInviteUnknown;
}

// The address in a body, or the answer to who gave none.
base::Result<accounts::Address, Response> read_address(JsonBody& body, const LoginRoutesSettings& settings) {
  const auto phone = body.text("phone");
  const auto email = body.text("email");
  if (!body.problem().empty()) return base::Unexpected{not_json(body.problem())};
  if (phone.has_value() == email.has_value())
    return base::Unexpected{not_json("Give either \"phone\" or \"email\".")};
  const auto address =
      phone ? accounts::parse_phone(*phone, settings.default_country) : accounts::parse_email(*email);
  if (!address)
    return base::Unexpected{
        error_response(phone ? Error::kBadPhone : Error::kBadEmail, {.text = address.error()})};
  if (!(phone ? settings.to_phones : settings.to_emails))
    return base::Unexpected{error_response(Error::kNoDelivery)};
  return *address;
}

}  // namespace

std::vector<Route> LoginRoutes::routes() {
  return {
      {.method = "POST",
       .path = "/api/auth/code",
       .handle = [this](const Call& call, const Reply& reply) { ask_for_code(call.request, reply); },
       .operation = "askForCode",
       .summary = "Sends a login code, if there is somebody to send it to; the answer is the same if not",
       .request_schema = "CodeRequest",
       .response_schema = "CodeSent",
       .success = 202,
       .errors = {Error::kNotJson, Error::kBadPhone, Error::kBadEmail, Error::kNoDelivery,
                  Error::kUnavailable}},
      {.method = "POST",
       .path = "/api/auth/verify",
       .handle = [this](const Call& call, const Reply& reply) { verify(call.request, reply); },
       .operation = "verifyCode",
       .summary = "Logs in by a code; who is new becomes a user",
       .request_schema = "Verification",
       .response_schema = "LoggedIn",
       .errors = {Error::kNotJson, Error::kBadPhone, Error::kBadEmail, Error::kNoDelivery, Error::kBadCode,
                  Error::kBadName, Error::kBadDevice, Error::kInvalidCode, Error::kInviteUnknown,
                  Error::kInviteUsed, Error::kInviteExpired, Error::kTooManyTries, Error::kUnavailable}},
      {.method = "POST",
       .path = "/api/auth/invite",
       .handle = [this](const Call& call, const Reply& reply) { look_at_invite(call.request, reply); },
       .operation = "lookAtInvite",
       .summary = "Whether an invitation is good; looking does not use it up",
       .request_schema = "InviteRequest",
       .response_schema = "Invite",
       .errors = {Error::kNotJson, Error::kInviteUnknown, Error::kInviteUsed, Error::kInviteExpired,
                  Error::kUnavailable}},
      {.method = "POST",
       .path = "/api/auth/refresh",
       .handle = [this](const Call& call, const Reply& reply) { refresh(call.request, reply); },
       .operation = "refreshTokens",
       .summary = "A new pair of tokens for a refresh token, which is used up by it",
       .request_schema = "Refresh",
       .response_schema = "Tokens",
       .errors = {Error::kNotJson, Error::kBadDevice, Error::kInvalidRefreshToken, Error::kUnavailable}},
      {.method = "POST",
       .path = "/api/auth/logout",
       .handle = [this](const Call& call, const Reply& reply) { log_out(call.identity, reply); },
       .access = Route::Access::kBearer,
       .operation = "logOut",
       .summary = "Ends the session of the token: its other tokens and its WebSockets end with it",
       .success = 204,
       .errors = {Error::kUnavailable}},
  };
}

void LoginRoutes::ask_for_code(const Request& request, const Reply& reply) {
  const auto arrived = ports_.mono_now();
  auto body = JsonBody::parse(request.body);
  if (!body) return reply(error_response(Error::kNotJson));
  const auto address = read_address(*body, settings_);
  if (!address) return reply(address.error());
  const auto invite = body->text("invite").value_or("");
  const auto key = body->text("key").value_or("");
  if (!body->problem().empty()) return reply(not_json(body->problem()));

  const bool shows_code = ports_.may_see_code && ports_.may_see_code(request, key);
  const auto answer = [this, arrived, reply](Response response) {
    const auto passed = ports_.mono_now() - arrived;
    if (passed >= kCodeAnswerAfter) return reply(std::move(response));
    ports_.after(kCodeAnswerAfter - passed, [reply, response = std::move(response)] { reply(response); });
  };
  ports_.login.ask({.address = *address,
                    .invite = invite,
                    .language = preferred_language(request.joined_header("Accept-Language")),
                    .client = ports_.limited_client(request)},
                   [answer, shows_code](const auto& sent) {
                     if (!sent) return answer(error_response(Error::kUnavailable));
                     const auto after =
                         std::chrono::duration_cast<base::seconds>(accounts::kAskedAgainAfter).count();
                     std::string json = R"({"retryAfterS":)" + std::to_string(after);
                     if (shows_code && *sent) json += R"(,"devCode":)" + json_string((*sent)->reveal());
                     answer(json_response(json + "}", 202));
                   });
}

void LoginRoutes::verify(const Request& request, const Reply& reply) {
  auto body = JsonBody::parse(request.body);
  if (!body) return reply(error_response(Error::kNotJson));
  const auto address = read_address(*body, settings_);
  if (!address) return reply(address.error());
  const auto typed = body->text("code");
  Login::Verify verification{.address = *address,
                             .code = {},
                             .invite = body->text("invite").value_or(""),
                             .name = body->text("name").value_or(""),
                             .device = body->text("device").value_or("")};
  if (!body->problem().empty()) return reply(not_json(body->problem()));
  const auto code = accounts::tidy_code(typed.value_or(""));
  if (!code) return reply(error_response(Error::kBadCode));
  const auto name = accounts::tidy_name(verification.name);
  if (!name) return reply(error_response(Error::kBadName));
  if (!accounts::is_device_name(verification.device)) return reply(error_response(Error::kBadDevice));
  verification.code = base::Redacted(*code);
  verification.name = *name;
  ports_.login.verify(verification,
                      [this, reply](const base::Result<Login::Verdict, ports::StoreError>& verdict) {
                        if (!verdict) return reply(error_response(Error::kUnavailable));
                        if (const auto* in = std::get_if<Login::LoggedIn>(&*verdict)) {
                          return reply(json_response("{" + tokens_json(in->tokens) + R"(,"user":)" +
                                                     user_json(in->user, Viewer::kSelf) + "}"));
                        }
                        if (const auto* tries = std::get_if<accounts::TooManyTries>(&*verdict))
                          return reply(too_many_tries(tries->again_at));
                        if (const auto* refused = std::get_if<accounts::NotInvited>(&*verdict))
                          return reply(error_response(error_of(refused->why)));
                        reply(error_response(Error::kInvalidCode));
                      });
}

Response LoginRoutes::too_many_tries(base::WallTime again_at) const {
  const auto wait = std::max(again_at - ports_.wall_now(), base::Duration(base::seconds(1)));
  return error_response(Error::kTooManyTries, {.again_in = wait});
}

void LoginRoutes::look_at_invite(const Request& request, const Reply& reply) {
  auto body = JsonBody::parse(request.body);
  const auto token = body ? body->text("invite") : std::nullopt;
  if (!token) return reply(error_response(Error::kNotJson));
  ports_.login.look_at_invite(*token,
                              [reply](const base::Result<Login::InviteState, ports::StoreError>& state) {
                                if (!state) return reply(error_response(Error::kUnavailable));
                                if (state->verdict != accounts::InviteVerdict::kGood)
                                  return reply(error_response(error_of(state->verdict)));
                                reply(json_response(R"({"expiresAt":)" + epoch_ms(state->expires_at) + "}"));
                              });
}

void LoginRoutes::refresh(const Request& request, const Reply& reply) {
  auto body = JsonBody::parse(request.body);
  const auto token = body ? body->text("refreshToken") : std::nullopt;
  if (!token) return reply(error_response(Error::kNotJson));
  const auto device = body->text("device").value_or("");
  if (!body->problem().empty()) return reply(not_json(body->problem()));
  if (!accounts::is_device_name(device)) return reply(error_response(Error::kBadDevice));
  ports_.login.refresh(
      *token, device,
      [reply](const base::Result<std::optional<accounts::Tokens>, ports::StoreError>& tokens) {
        if (!tokens) return reply(error_response(Error::kUnavailable));
        if (!*tokens) return reply(error_response(Error::kInvalidRefreshToken));
        reply(json_response("{" + tokens_json(**tokens) + "}"));
      });
}

void LoginRoutes::log_out(const ports::Identity& identity, const Reply& reply) {
  const Response done{.status = 204, .content_type = "", .body = "", .headers = {}};
  // A token of somebody else's login has no session here, and nothing that could be ended.
  if (identity.session.empty()) return reply(done);
  ports_.login.log_out(identity.session,
                       [reply, done](const base::Result<std::monostate, ports::StoreError>& ended) {
                         reply(ended ? done : error_response(Error::kUnavailable));
                       });
}

}  // namespace zvonok::http
