// The ids of the core. All are made here, are never 0 while they mean something, and are not reused for
// another object.
#pragma once

#include "base/strong_id.hpp"

namespace zvonok::core {

/// One connected device: in v1 every connection is a device of its own.
using DeviceId = base::StrongId<struct DeviceTag>;
/// One call, from its first ring to its end.
using CallId = base::StrongId<struct CallTag>;
/// One user as long as something of theirs lives here: a device or a call.
using UserId = base::StrongId<struct UserTag>;

}  // namespace zvonok::core
