// What every ports::LoginSecrets promises, as one suite. An adapter's test gives a type with
//   ports::LoginSecrets& secrets();
//   void change_secret();   // the secret in force becomes the previous one
// and instantiates LoginSecretsContract with it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "ports/login_secrets.hpp"

namespace zvonok::ports {

template <class Adapter>
class LoginSecretsContract : public ::testing::Test {
 protected:
  static constexpr std::string_view kHex = "0123456789abcdef";
  static constexpr std::string_view kBase64url =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  static bool consists_of(std::string_view characters, const std::string& text) {
    return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
  }
  LoginSecrets& secrets() { return adapter.secrets(); }

  Adapter adapter;
};

TYPED_TEST_SUITE_P(LoginSecretsContract);

TYPED_TEST_P(LoginSecretsContract, HashesTheSameCodeAlikeAndAnyOtherOtherwise) {
  const auto hashes = this->secrets().code_hashes("+79990000001", "012345");
  ASSERT_EQ(hashes.size(), 1u);
  EXPECT_TRUE(this->consists_of(this->kHex, hashes.front())) << hashes.front();
  EXPECT_EQ(this->secrets().code_hashes("+79990000001", "012345"), hashes);
  for (const auto& [address, code] :
       {std::pair{"+79990000001", "012346"}, std::pair{"+79990000002", "012345"},
        std::pair{"+7999000000", "1012345"}, std::pair{"", ""}})
    EXPECT_NE(this->secrets().code_hashes(address, code), hashes) << address << ' ' << code;
}

TYPED_TEST_P(LoginSecretsContract, KnowsACodeByThePreviousSecretToo) {
  const auto before = this->secrets().code_hashes("a@example.org", "000000").front();
  this->adapter.change_secret();
  const auto after = this->secrets().code_hashes("a@example.org", "000000");
  ASSERT_EQ(after.size(), 2u);
  EXPECT_NE(after.front(), before) << "new codes are kept by the new secret";
  EXPECT_EQ(after.back(), before);
  this->adapter.change_secret();
  for (const auto& hash : this->secrets().code_hashes("a@example.org", "000000")) EXPECT_NE(hash, before);
}

TYPED_TEST_P(LoginSecretsContract, HashesInvitationsByNoSecret) {
  const auto before = this->secrets().invite_hash("token");
  EXPECT_TRUE(this->consists_of(this->kHex, before)) << before;
  EXPECT_NE(this->secrets().invite_hash("Token"), before);
  this->adapter.change_secret();
  EXPECT_EQ(this->secrets().invite_hash("token"), before);
}

TYPED_TEST_P(LoginSecretsContract, KnowsItsSignatureAndRefusesEveryOther) {
  const auto signature = this->secrets().sign_refresh("session", 7);
  EXPECT_TRUE(this->consists_of(this->kBase64url, signature)) << signature;
  EXPECT_EQ(this->secrets().sign_refresh("session", 7), signature);
  EXPECT_TRUE(this->secrets().is_refresh_signature("session", 7, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 8, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", -7, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("Session", 7, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session7", 7, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 7, ""));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 7, signature + "A"));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 7, signature.substr(1)));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto changed = signature;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(this->secrets().is_refresh_signature("session", 7, changed)) << i;
  }
}

TYPED_TEST_P(LoginSecretsContract, KnowsASignatureByThePreviousSecretAndByNoneBefore) {
  const auto signature = this->secrets().sign_refresh("session", 1);
  this->adapter.change_secret();
  EXPECT_NE(this->secrets().sign_refresh("session", 1), signature);
  EXPECT_TRUE(this->secrets().is_refresh_signature("session", 1, signature));
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 2, signature));
  this->adapter.change_secret();
  EXPECT_FALSE(this->secrets().is_refresh_signature("session", 1, signature));
}

TYPED_TEST_P(LoginSecretsContract, DrawsTextsThatNeverRepeat) {
  std::set<std::string> drawn;
  for (int i = 0; i < 1'000; ++i) {
    const auto text = this->secrets().random_text(16);
    EXPECT_TRUE(this->consists_of(this->kBase64url, text)) << text;
    EXPECT_TRUE(drawn.insert(text).second) << text;
  }
}

TYPED_TEST_P(LoginSecretsContract, DrawsCodesOfSixDigits) {
  for (int i = 0; i < 1'000; ++i) {
    const auto code = this->secrets().random_code();
    EXPECT_EQ(code.size(), 6u) << code;
    EXPECT_TRUE(this->consists_of("0123456789", code)) << code;
  }
}

REGISTER_TYPED_TEST_SUITE_P(LoginSecretsContract, HashesTheSameCodeAlikeAndAnyOtherOtherwise,
                            KnowsACodeByThePreviousSecretToo, HashesInvitationsByNoSecret,
                            KnowsItsSignatureAndRefusesEveryOther,
                            KnowsASignatureByThePreviousSecretAndByNoneBefore, DrawsTextsThatNeverRepeat,
                            DrawsCodesOfSixDigits);

}  // namespace zvonok::ports
