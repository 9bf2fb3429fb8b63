#include "app/storage_settings.hpp"

#include <gmock/gmock.h>

#include "app/test_setting.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;

TEST(StorageSettings, KnowTwoWaysToSync) {
  for (const auto* text : {"normal", "full"}) EXPECT_EQ(problem("storage.sync", text), "") << text;
  for (const auto* text : {"off", "Full", ""})
    EXPECT_THAT(problem("storage.sync", text), HasSubstr("normal or full")) << text;
}

}  // namespace
}  // namespace zvonok::app
