#include "http/openapi.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "http/openapi_schemas.hpp"
#include "http/system_routes.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;

Route a_route() {
  return {.method = "PATCH",
          .path = "/api/things/{id}",
          .handle = [](const Call&, const Reply&) {},
          .access = Route::Access::kBearer,
          .operation = "changeThing",
          .summary = "Changes a thing",
          .request_schema = "ProfileChange",
          .response_schema = "User",
          .errors = {Error::kBadName, Error::kBadAvatar, Error::kUnavailable},
          .query = "q"};
}

TEST(OpenApi, SaysOfARouteWhatTheTableSays) {
  const auto document = json::parse(openapi_document({a_route()}, "1.2.3"));
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_EQ(document["info"]["version"], "1.2.3");
  const auto& operation = document["paths"]["/api/things/{id}"]["patch"];
  EXPECT_EQ(operation["operationId"], "changeThing");
  EXPECT_EQ(operation["security"], json::parse(R"([{"bearer":[]}])"));
  EXPECT_EQ(operation["parameters"][0]["name"], "id");
  EXPECT_EQ(operation["parameters"][0]["in"], "path");
  EXPECT_EQ(operation["parameters"][1]["in"], "query");
  EXPECT_EQ(operation["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/ProfileChange");
  EXPECT_EQ(operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/User");
  EXPECT_EQ(operation["responses"]["400"]["description"],
            "`bad_name`, `bad_avatar`, `bad_request`, `missing_host`");
  for (const auto* status : {"408", "413", "415", "429", "431"})
    EXPECT_TRUE(operation["responses"].contains(status)) << status << " may come of any request with a body";
  EXPECT_TRUE(operation["responses"].contains("401")) << "whoever has no token gets it";
  EXPECT_TRUE(operation["responses"]["503"]["headers"].contains("Retry-After"));
}

TEST(OpenApi, HasEverySchemaThatIsNamed) {
  const auto schemas = json::parse(openapi_schemas());
  const std::string text = json::parse(openapi_document({a_route()}, "1")).dump();
  constexpr std::string_view kPrefix = "#/components/schemas/";
  std::set<std::string> named;
  for (auto at = text.find(kPrefix); at != text.npos; at = text.find(kPrefix, at + 1)) {
    const auto from = at + kPrefix.size();
    named.insert(text.substr(from, text.find('"', from) - from));
  }
  EXPECT_FALSE(named.empty());
  for (const auto& name : named) EXPECT_TRUE(schemas.contains(name)) << name;
}

TEST(OpenApi, NamesNoOperationTwice) {
  auto routes = system_routes([] { return true; });
  routes.push_back(a_route());
  const auto document = json::parse(openapi_document(routes, "1"));
  std::set<std::string> operations;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items())
      EXPECT_TRUE(operations.insert(operation["operationId"]).second) << path;
  EXPECT_EQ(operations.size(), routes.size());
}

TEST(OpenApi, ServesWhatItIsGiven) {
  const auto route = openapi_route("{}");
  Response answered;
  const Request request;
  route.handle({request, ports::Identity{}, {}}, [&](Response response) { answered = std::move(response); });
  EXPECT_EQ(answered.body, "{}");
}

}  // namespace
}  // namespace zvonok::http
