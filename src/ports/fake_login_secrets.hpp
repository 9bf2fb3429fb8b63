// Login secrets for tests, without cryptography: what is signed or hashed can be read, and what seems chance
// is counted up. They keep the promises of login_secrets_contract.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/login_secrets.hpp"

namespace zvonok::ports {

class FakeLoginSecrets final : public LoginSecrets {
 public:
  std::vector<std::string> code_hashes(std::string_view address, std::string_view code) const override {
    std::vector<std::string> hashes;
    for (const auto& secret : secrets_)
      hashes.push_back(hex(secret + '/' + std::string(address) + '/' + std::string(code)));
    return hashes;
  }
  std::string invite_hash(std::string_view token) const override { return hex(token); }

  std::string sign_refresh(std::string_view session, std::int64_t n) const override {
    return signature(secrets_.front(), session, n);
  }
  bool is_refresh_signature(std::string_view session, std::int64_t n, std::string_view text) const override {
    for (const auto& secret : secrets_)
      if (text == signature(secret, session, n)) return true;
    return false;
  }

  /// "chance-1", "chance-2", …: as long as they come, whatever length was asked for.
  std::string random_text(std::size_t /*bytes*/) override { return "chance-" + std::to_string(++drawn_); }
  /// "000001", "000002", …
  std::string random_code() override {
    const auto number = std::to_string(++codes_);
    return std::string(6 - number.size(), '0') + number;
  }

  /// As a new jwt_secret does, with the one in force as jwt_secret_previous.
  void change_secret() { secrets_ = {"secret" + std::to_string(++changed_), secrets_.front()}; }

 private:
  static std::string signature(const std::string& secret, std::string_view session, std::int64_t n) {
    return "signed-" + secret + '-' + std::to_string(n) + '-' + std::string(session);
  }
  static std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
      out += "0123456789abcdef"[static_cast<unsigned char>(c) & 0xFU];
    }
    return out;
  }

  std::vector<std::string> secrets_{"secret0"};  // in force, then the previous one
  int changed_ = 0, codes_ = 0, drawn_ = 0;
};

}  // namespace zvonok::ports
