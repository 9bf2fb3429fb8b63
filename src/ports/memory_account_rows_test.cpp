// The rows in memory keep the promises that tests take from them.
#include "ports/memory_account_rows.hpp"

#include "ports/account_rows_contract.hpp"

namespace zvonok::ports {
namespace {

struct Memory {
  bool transact(const std::function<void(AccountRows&)>& rule) {
    auto draft = kept;
    try {
      rule(draft);
    } catch (const std::runtime_error&) {
      return false;
    }
    kept = std::move(draft);
    return true;
  }
  MemoryAccountRows kept;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AccountRowsContract, Memory);

}  // namespace
}  // namespace zvonok::ports
