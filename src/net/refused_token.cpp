#include "net/refused_token.hpp"

#include "net/admission.hpp"
#include "net/loop.hpp"

namespace zvonok::net {

bool note_refused_token(Context& context, const base::IpAddress& client, const ports::TokenRefusal& refusal) {
  const auto reason = static_cast<std::size_t>(refusal.error);
  context.metrics.add(ports::Counter::kTokensRefused, reason);
  if (!context.addresses.note_bad_token(client, context.loop.now())) return false;
  context.log.write(ports::LogLevel::kInfo, "token refused",
                    {{"reason", ports::label_values::kTokens[reason]},
                     {"detail", refusal.detail},
                     {"peer", context.peer_names.name(client)}});
  return true;
}

}  // namespace zvonok::net
