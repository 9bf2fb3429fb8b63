#include "http/user_json.hpp"

#include "protocol/outgoing.hpp"

namespace zvonok::http {

std::string user_json(const ports::User& user, Viewer viewer) {
  using protocol::json_string;
  std::string json = R"({"id":)" + json_string(user.id) + R"(,"name":)" + json_string(user.name) +
                     R"(,"avatar":)" + json_string(user.avatar);
  if (viewer == Viewer::kSelf && !user.phone.empty()) json += R"(,"phone":)" + json_string(user.phone);
  if (viewer == Viewer::kSelf && !user.email.empty()) json += R"(,"email":)" + json_string(user.email);
  return json + "}";
}

}  // namespace zvonok::http
