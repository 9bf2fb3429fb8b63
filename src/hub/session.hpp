// What the hub knows of one connection. It lies inside the connection's own object: one allocation less for
// an idle one.
#pragma once

#include <cstddef>

#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "core/ids.hpp"
#include "hub/client_link.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::hub {

struct Session {
  explicit Session(ClientLink& its_link) : link(its_link) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ClientLink& link;
  core::DeviceId device{};  // none before `Hub::open` and after the hub has let go of it
  ports::IdForm user_form = ports::IdForm::kString;
  std::size_t login = 0;  // a hash of the token's `sid`, which would cost four times as much; 0: it has none
  base::TokenBucket messages, invalid_messages;
  base::MonoTime throttled_since = base::kNever;
};

}  // namespace zvonok::hub
