// Lists in which a client weighs what it would like: Accept-Language, Accept-Encoding (RFC 9110
// section 12.4.2).
#pragma once

#include <string_view>
#include <vector>

namespace zvonok::http {

struct Weighted {
  std::string_view name;  // of the list that was read
  int weight = 1'000;     // `q` in thousandths; 0: not wanted
};

std::vector<Weighted> read_weighted_list(std::string_view list);

}  // namespace zvonok::http
