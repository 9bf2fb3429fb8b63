// `--lan`: trying the product on two phones in the same network, which give a page the camera only over TLS.
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/result.hpp"

namespace zvonok::app {

/// The addresses of this machine that others in the network can reach: neither loopback nor link-local.
std::vector<base::IpAddress> own_addresses();

struct SelfSigned {
  std::string certificate_file, key_file;
};
/// A certificate for these addresses, valid for a year; made in `data_dir` when there is none that covers
/// them all.
base::Result<SelfSigned, std::string> self_signed_certificate(const std::string& data_dir,
                                                              const std::vector<base::IpAddress>& addresses);

/// `https://ADDRESS:PORT/#key=…` for each address, the first also as a QR code for a terminal.
std::string lan_invitation(const std::vector<base::IpAddress>& addresses, unsigned short port,
                           const std::string& key);

}  // namespace zvonok::app
