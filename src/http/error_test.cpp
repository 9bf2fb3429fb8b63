#include "http/error.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::header_of;

TEST(ErrorTable, HasACodeOfItsOwnForEach) {
  std::set<std::string_view> codes;
  for (const ErrorInfo& about : kErrors) {
    EXPECT_TRUE(codes.insert(about.code).second) << about.code;
    EXPECT_GE(about.status, 400u);
    EXPECT_LE(about.status, 599u);
    EXPECT_TRUE(about.message.ends_with('.') || about.message.ends_with(").")) << about.message;
  }
}

TEST(ErrorResponse, IsProblemDetails) {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    const auto response = error_response(static_cast<Error>(i));
    EXPECT_EQ(response.status, kErrors[i].status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto json = nlohmann::json::parse(response.body);
    EXPECT_EQ(json.size(), 4u);
    EXPECT_EQ(json["type"], "urn:zvonok:" + std::string(kErrors[i].code));
    EXPECT_EQ(json["title"], kErrors[i].message);
    EXPECT_EQ(json["status"], kErrors[i].status);
    EXPECT_EQ(json["code"], kErrors[i].code);
  }
}

TEST(ErrorResponse, SaysWhatIsWrongWithThisRequest) {
  const auto response = error_response(Error::kBadPhone, {.text = "Start with \"+\"."});
  EXPECT_EQ(nlohmann::json::parse(response.body)["detail"], "Start with \"+\".");
}

TEST(ErrorResponse, SaysWhenTryingAgainHelps) {
  EXPECT_EQ(header_of(error_response(Error::kTooManyBadTokens), "Retry-After"), "60");
  EXPECT_EQ(header_of(error_response(Error::kOverloaded), "Retry-After"), "2");
  EXPECT_EQ(header_of(error_response(Error::kDraining), "Retry-After"), "2");
  EXPECT_EQ(header_of(error_response(Error::kNotFound), "Retry-After"), "(none)");
  EXPECT_EQ(
      header_of(error_response(Error::kTooManyTries, {.again_in = base::milliseconds(1'001)}), "Retry-After"),
      "2");
}

// RFC 9110 section 15.5.22 and RFC 6455 section 4.4.
TEST(ErrorResponse, NamesWhatToUpgradeTo) {
  for (const auto error : {Error::kNotAnUpgrade, Error::kUnsupportedVersion}) {
    EXPECT_EQ(header_of(error_response(error), "Upgrade"), "websocket");
    EXPECT_EQ(header_of(error_response(error), "Sec-WebSocket-Version"), "13, 8");
  }
}

}  // namespace
}  // namespace zvonok::http
