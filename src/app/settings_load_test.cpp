#include "app/settings_load.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A start of the server with nothing around it but what a test puts there.
class LoadSettings : public ::testing::Test {
 protected:
  LoadSettings() { sources.config_search = {folder.path("zvonok.toml"), folder.path("etc.toml")}; }

  LoadedSettings load() {
    auto loaded = load_settings(sources);
    if (!loaded) {
      ADD_FAILURE() << ::testing::PrintToString(loaded.error());
      return {};
    }
    return *std::move(loaded);
  }
  Settings settings() { return load().settings; }
  Problems problems() {
    const auto loaded = load_settings(sources);
    EXPECT_FALSE(loaded);
    return loaded ? Problems() : loaded.error();
  }
  void file(std::string_view toml) { folder.write("zvonok.toml", toml); }
  void environment(std::vector<std::string> entries) { sources.environment = std::move(entries); }
  void flags(std::vector<Flag> flags) { sources.flags = std::move(flags); }

  base::TestFolder folder;
  SettingSources sources;
};

TEST_F(LoadSettings, GivesDefaultsWhenThereIsNothing) {
  const auto loaded = load();
  EXPECT_EQ(loaded.settings.port, 3001);
  EXPECT_EQ(loaded.settings.data_dir, "./zvonok-data");
  EXPECT_THAT(loaded.settings.address_exempt, ElementsAre("127.0.0.0/8", "::1"));
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(loaded.config_file, "");
}

TEST_F(LoadSettings, WorksWithPortAndSecretAlone) {
  environment({"PORT=4000", "JWT_SECRET=s3cret"});
  const auto loaded = load();
  EXPECT_EQ(loaded.settings.port, 4000);
  EXPECT_EQ(loaded.settings.jwt_secret.reveal(), "s3cret");
}

// ---- Which source wins ----

TEST_F(LoadSettings, TakesTheFileOverTheDefault) {
  file("port = 1");
  EXPECT_EQ(settings().port, 1);
}
TEST_F(LoadSettings, TakesABareNameOverTheFile) {
  file("port = 1");
  environment({"PORT=2"});
  EXPECT_EQ(settings().port, 2);
}
TEST_F(LoadSettings, TakesOurNameOverABareOneInAnyOrder) {
  environment({"ZVONOK_PORT=3", "PORT=2"});
  EXPECT_EQ(settings().port, 3);
  environment({"PORT=2", "ZVONOK_PORT=3"});
  EXPECT_EQ(settings().port, 3);
}
TEST_F(LoadSettings, TakesAFlagOverAll) {
  file("port = 1");
  environment({"PORT=2", "ZVONOK_PORT=3"});
  flags({{"port", "4"}});
  EXPECT_EQ(settings().port, 4);
}
TEST_F(LoadSettings, DoesNotLookAtWhatIsOverridden) {
  environment({R"(PORT=\\.\pipe\node)", "ZVONOK_PORT=3"});
  EXPECT_EQ(settings().port, 3);
}
TEST_F(LoadSettings, TakesTheFirstOfTwoVariablesOfOneName) {
  environment({"PORT=1", "PORT=2"});
  EXPECT_EQ(settings().port, 1);
}
TEST_F(LoadSettings, ReplacesAListAndDoesNotAddToIt) {
  file(R"(limits.address_exempt = ["10.0.0.0/8"])");
  EXPECT_THAT(settings().address_exempt, ElementsAre("10.0.0.0/8"));
  environment({"ZVONOK_LIMITS_ADDRESS_EXEMPT="});
  EXPECT_THAT(settings().address_exempt, IsEmpty());
}
TEST_F(LoadSettings, JoinsAListFlagThatIsGivenTwice) {
  flags({{"origins", "https://a"}, {"origins", "https://b,https://c"}});
  EXPECT_THAT(settings().origins, ElementsAre("https://a", "https://b", "https://c"));
}
TEST_F(LoadSettings, RefusesAnotherFlagThatIsGivenTwice) {
  flags({{"port", "1"}, {"port", "2"}});
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("flag --port is given twice")));
}
TEST_F(LoadSettings, KnowsWhetherTheAdminListenerWasAskedFor) {
  EXPECT_FALSE(settings().admin_listen_given);
  environment({"ZVONOK_ADMIN_LISTEN=127.0.0.1:9464"});
  EXPECT_TRUE(settings().admin_listen_given);
  environment({"ZVONOK_ADMIN_LISTEN="});
  EXPECT_EQ(settings().admin_listen, "");
}

// ---- The environment ----

TEST_F(LoadSettings, TakesAnEmptyVariableAsNotSetWhereEmptyIsNoValue) {
  file("port = 7");
  environment({"PORT=", "ZVONOK_PORT=", "ZVONOK_LOG_LEVEL=", "ZVONOK_DATA_DIR=", "ZVONOK_JWT_SECRET_FILE="});
  EXPECT_EQ(settings().port, 7);
  EXPECT_EQ(settings().data_dir, "./zvonok-data");
}
TEST_F(LoadSettings, ReadsNoOtherBareName) {
  environment(
      {"HOST=10.0.0.1", "LOG_LEVEL=debug", "DATA_DIR=/x", "port=1", "zvonok_port=1", "PORT", "=x", ""});
  const auto loaded = load();
  EXPECT_EQ(loaded.settings.host, "");
  EXPECT_EQ(loaded.settings.log_level, ports::LogLevel::kInfo);
  EXPECT_EQ(loaded.settings.port, 3001);
  EXPECT_THAT(loaded.warnings, IsEmpty());
}
TEST_F(LoadSettings, WarnsOfAnUnknownVariableOfOursAndNamesTheNearest) {
  environment({"ZVONOK_PROT=1"});
  EXPECT_THAT(load().warnings, ElementsAre(AllOf(HasSubstr("ZVONOK_PROT"), HasSubstr("ZVONOK_PORT"))));
}
TEST_F(LoadSettings, DoesNotShowTheValueOfAnUnknownVariable) {
  environment({"ZVONOK_JWT_SECERT=s3cret"});
  EXPECT_THAT(load().warnings, ElementsAre(AllOf(HasSubstr("ZVONOK_JWT_SECRET"), Not(HasSubstr("s3cret")))));
}
TEST_F(LoadSettings, RefusesAPortThatEndsInACarriageReturnAndNamesTheVariable) {
  environment({"PORT=3001\r"});
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(HasSubstr(R"("3001\r")"), HasSubstr("environment variable PORT"))));
}
TEST_F(LoadSettings, SplitsAVariableAtItsFirstEqualsSign) {
  environment({"JWT_SECRET=a=b="});
  EXPECT_EQ(settings().jwt_secret.reveal(), "a=b=");
}

// ---- The file ----

TEST_F(LoadSettings, TakesTheFirstFileThatThereIs) {
  folder.write("etc.toml", "port = 2");
  EXPECT_EQ(load().config_file, folder.path("etc.toml"));
  file("port = 1");
  EXPECT_EQ(load().config_file, folder.path("zvonok.toml"));
  EXPECT_EQ(settings().port, 1);
}
TEST_F(LoadSettings, TakesOnlyTheFileThatTheFlagNames) {
  file("port = 1\nhost = '::1'");
  sources.config_file = folder.write("other.toml", "port = 5");
  EXPECT_EQ(settings().port, 5);
  EXPECT_EQ(settings().host, "");
}
TEST_F(LoadSettings, RefusesToStartWithoutTheFileThatTheFlagNames) {
  sources.config_file = folder.path("nowhere.toml");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("nowhere.toml\" does not exist")));
}
TEST_F(LoadSettings, DoesNotStepOverAFileThatItCannotRead) {
  std::filesystem::create_directory(folder.path("zvonok.toml"));
  folder.write("etc.toml", "port = 2");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is a folder")));
}
TEST_F(LoadSettings, RefusesAnUnknownKeyAndNamesItsLineAndTheNearest) {
  file("port = 1\n[tls]\ncrt = 'x'\n");
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("\"tls.crt\" is no setting"),
                                            HasSubstr("zvonok.toml:3"), HasSubstr("tls.cert"))));
}
TEST_F(LoadSettings, RefusesAFixedLimit) {
  file("limits.json_depth = 500");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("\"limits.json_depth\" is no setting")));
}
TEST_F(LoadSettings, RefusesATableWhereAValueBelongs) {
  file("[port]\nnumber = 1");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("\"port.number\" is no setting")));
}
TEST_F(LoadSettings, RefusesAWrongValueAndNamesItsLine) {
  file("\nport = 0\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("zvonok.toml:2")));
}
TEST_F(LoadSettings, TellsAllThatIsWrongAtOnce) {
  file("prot = 1\nws.ping_s = 0\n");
  environment({"PORT=x"});
  flags({{"log.level", "loud"}});
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("prot"), HasSubstr("log.level"), HasSubstr("PORT"),
                                      HasSubstr("ws.ping_s")));
}

// ---- Secrets ----

TEST_F(LoadSettings, ReadsASecretFromTheFileThatAnySourceNames) {
  const auto path = folder.write("secret", "s3cret\r\n");
  environment({"JWT_SECRET_FILE=" + path});
  EXPECT_EQ(settings().jwt_secret.reveal(), "s3cret");
  environment({"ZVONOK_JWT_SECRET_FILE=" + path});
  EXPECT_EQ(settings().jwt_secret.reveal(), "s3cret");
  environment({});
  flags({{"jwt_secret_file", path}});
  EXPECT_EQ(settings().jwt_secret.reveal(), "s3cret");
  flags({});
  file("jwt_secret_previous_file = '" + path + "'");
  EXPECT_EQ(settings().jwt_secret_previous.reveal(), "s3cret");
}
TEST_F(LoadSettings, RefusesASecretThatOneSourceGivesTwice) {
  const auto path = folder.write("secret", "s3cret");
  environment({"JWT_SECRET=x", "JWT_SECRET_FILE=" + path});
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(HasSubstr("variable JWT_SECRET)"), HasSubstr("variable JWT_SECRET_FILE)"))));
  environment({});
  file("jwt_secret = 'x'\njwt_secret_file = '" + path + "'");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("jwt_secret is given twice")));
}
TEST_F(LoadSettings, TakesTheSecretOfTheHigherSourceWhicheverWayItIsGiven) {
  const auto path = folder.write("secret", "from file");
  file("jwt_secret = 'low'");
  environment({"JWT_SECRET_FILE=" + path});
  EXPECT_EQ(settings().jwt_secret.reveal(), "from file");
  environment({"JWT_SECRET_FILE=" + path, "ZVONOK_JWT_SECRET=high"});
  EXPECT_EQ(settings().jwt_secret.reveal(), "high");
  EXPECT_EQ(settings().jwt_secret_file, "");
  environment({"JWT_SECRET=low", "ZVONOK_JWT_SECRET_FILE=" + path});
  EXPECT_EQ(settings().jwt_secret.reveal(), "from file");
}
TEST_F(LoadSettings, RefusesAnEmptySecret) {
  environment({"JWT_SECRET="});
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(HasSubstr("not empty"), HasSubstr("environment variable JWT_SECRET"))));
  environment({});
  file("jwt_secret = ''");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("zvonok.toml:1")));
}
TEST_F(LoadSettings, NamesASecretFileThatIsNoUse) {
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
  const std::vector<std::pair<std::string, std::string>> cases{
      {folder.write("empty", "\n"), "is empty"},
      {folder.write("bom", "\xEF\xBB\xBFx"), "BOM"},
      {folder.write("big", std::string(70'000, 'x')), "larger"},
      {folder.path("."), "folder"},
      {folder.path("fifo"), "FIFO"},
      {folder.path("nowhere"), "does not exist"}};
  for (const auto& [path, what] : cases) {
    environment({"JWT_SECRET_FILE=" + path});
    EXPECT_THAT(problems(),
                ElementsAre(AllOf(HasSubstr(path), HasSubstr(what), HasSubstr("variable JWT_SECRET_FILE"))));
  }
}
TEST_F(LoadSettings, WarnsOfALineEndInASecretFromTheEnvironmentAndKeepsIt) {
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    environment({"JWT_SECRET=s3cret" + end});
    const auto loaded = load();
    EXPECT_EQ(loaded.settings.jwt_secret.reveal(), "s3cret" + end);
    EXPECT_THAT(loaded.warnings,
                ElementsAre(AllOf(HasSubstr("ends in a line end"), HasSubstr("variable JWT_SECRET"),
                                  Not(HasSubstr("s3cret")))));
  }
}
TEST_F(LoadSettings, WarnsOfASecretInQuotes) {
  environment({"JWT_SECRET=\"s3cret\""});
  EXPECT_EQ(settings().jwt_secret.reveal(), "\"s3cret\"");
  EXPECT_THAT(load().warnings, ElementsAre(HasSubstr("stands in quotes")));
  environment({"JWT_SECRET=\""});
  EXPECT_THAT(load().warnings, IsEmpty());
}
TEST_F(LoadSettings, WarnsOfASecretOnTheCommandLine) {
  flags({{"jwt_secret", "s3cret"}});
  EXPECT_THAT(load().warnings, ElementsAre(AllOf(HasSubstr("list of processes"), Not(HasSubstr("s3cret")))));
}

TEST_F(LoadSettings, ReloadsSecretsFromTheirFilesAndKeepsTheOthers) {
  const auto path = folder.write("secret", "old\n");
  environment({"JWT_SECRET_FILE=" + path, "ZVONOK_JWT_SECRET_PREVIOUS=older"});
  ASSERT_EQ(settings().jwt_secret.reveal(), "old");
  folder.write("secret", "new\r\n");
  const auto secrets = reload_secrets(sources);
  ASSERT_TRUE(secrets);
  EXPECT_EQ(secrets->current.reveal(), "new");
  EXPECT_EQ(secrets->previous.reveal(), "older");
}
TEST_F(LoadSettings, RefusesToReloadASecretByTheSameRules) {
  environment({"JWT_SECRET_FILE=" + folder.write("secret", "old")});
  folder.write("secret", "\n");
  auto secrets = reload_secrets(sources);
  ASSERT_FALSE(secrets);
  EXPECT_THAT(secrets.error(), ElementsAre(AllOf(HasSubstr("jwt_secret_file"), HasSubstr("is empty"))));
  std::filesystem::remove(folder.path("secret"));
  secrets = reload_secrets(sources);
  ASSERT_FALSE(secrets);
  EXPECT_THAT(secrets.error(), ElementsAre(HasSubstr("does not exist")));
}

}  // namespace
}  // namespace zvonok::app
