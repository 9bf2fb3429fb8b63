#include "app/command_line.hpp"

#include <gmock/gmock.h>

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Arguments = std::vector<std::string>;
using Verb = Command::Verb;

Command parsed(const Arguments& arguments) {
  auto command = parse_command_line(arguments);
  if (!command) {
    ADD_FAILURE() << ::testing::PrintToString(command.error());
    return {};
  }
  return *std::move(command);
}

Problems problems(const Arguments& arguments) {
  const auto command = parse_command_line(arguments);
  EXPECT_FALSE(command) << ::testing::PrintToString(arguments);
  return command ? Problems() : command.error();
}

TEST(CommandLine, ServesWhenItIsEmpty) {
  const auto command = parsed({});
  EXPECT_EQ(command.verb, Verb::kServe);
  EXPECT_FALSE(command.dev);
  EXPECT_FALSE(command.lan);
  EXPECT_THAT(command.flags, IsEmpty());
}

TEST(CommandLine, TakesSettingsBeforeAndBehindTheVerb) {
  for (const Arguments& arguments : {Arguments{"serve", "--port", "1"}, Arguments{"--port", "1", "serve"},
                                     Arguments{"--port", "1"}, Arguments{"--port=1"}}) {
    const auto command = parsed(arguments);
    EXPECT_EQ(command.verb, Verb::kServe);
    ASSERT_THAT(command.flags, SizeIs(1));
    EXPECT_EQ(command.flags[0].name, "port");
    EXPECT_EQ(command.flags[0].value, "1");
  }
}

TEST(CommandLine, NamesAFlagAsTheSettingIsNamed) {
  const auto command = parsed({"--log.level", "debug", "--jwt_secret_file=x"});
  ASSERT_THAT(command.flags, SizeIs(2));
  EXPECT_EQ(command.flags[0].name, "jwt_secret_file");
  EXPECT_EQ(command.flags[1].name, "log.level");
}

TEST(CommandLine, LeavesAValueAsItIs) {
  for (const auto* value :
       {"a b", "a,b", "[a,b]", "-1", "%%", "{}", "'x'", "\"x\"", "a=b", "--almost-a-flag", "/x y/ü"}) {
    const auto command = parsed({"--data_dir", value});
    ASSERT_THAT(command.flags, SizeIs(1)) << value;
    EXPECT_EQ(command.flags[0].value, value);
  }
}

TEST(CommandLine, TakesAnEmptyValueInBothSpellings) {
  for (const Arguments& arguments : {Arguments{"--admin_listen", ""}, Arguments{"--admin_listen="},
                                     Arguments{"serve", "--admin_listen=", "--dev"}}) {
    const auto command = parsed(arguments);
    ASSERT_THAT(command.flags, SizeIs(1));
    EXPECT_EQ(command.flags[0].value, "");
  }
}

TEST(CommandLine, HandsOnWhatIsGivenTwice) {
  EXPECT_THAT(parsed({"--origins", "a", "--origins", "b"}).flags, SizeIs(2));
}

TEST(CommandLine, HasDevAndLan) {
  EXPECT_TRUE(parsed({"--dev"}).dev);
  EXPECT_TRUE(parsed({"serve", "--dev"}).dev);
  EXPECT_FALSE(parsed({"serve", "--dev"}).lan);
  EXPECT_TRUE(parsed({"--dev", "--lan"}).lan);
  EXPECT_THAT(problems({"--lan"}), ElementsAre(HasSubstr("--dev")));
}

TEST(CommandLine, TakesOneSettingsFile) {
  EXPECT_EQ(parsed({"--config", "x.toml"}).config_file, "x.toml");
  EXPECT_EQ(parsed({"check-config", "--config=x.toml"}).config_file, "x.toml");
  EXPECT_THAT(problems({"--config", "a", "--config", "b"}),
              ElementsAre(HasSubstr("--config is given twice")));
}

TEST(CommandLine, AsksForHelpAndVersionWithAnyVerb) {
  EXPECT_EQ(parsed({"--help"}).verb, Verb::kHelp);
  EXPECT_EQ(parsed({"-h"}).verb, Verb::kHelp);
  EXPECT_EQ(parsed({"token", "--help"}).verb, Verb::kHelp);
  EXPECT_EQ(parsed({"--version"}).verb, Verb::kVersion);
}

TEST(CommandLine, MakesTokensForAUser) {
  const auto command = parsed({"token", "--user", "42", "--ttl", "15m", "--jwt_secret", "x"});
  EXPECT_EQ(command.verb, Verb::kToken);
  EXPECT_EQ(command.user, "42");
  EXPECT_EQ(command.ttl, base::minutes(15));
  EXPECT_THAT(command.flags, SizeIs(1));
  EXPECT_EQ(parsed({"token", "--user", "x"}).ttl, base::hours(1));
}

TEST(CommandLine, RefusesATokenForNobody) {
  EXPECT_THAT(problems({"token"}), ElementsAre(HasSubstr("needs --user")));
  EXPECT_THAT(problems({"token", "--user", ""}), ElementsAre(HasSubstr("must not be empty")));
  EXPECT_THAT(problems({"token", "--user", "a", "--user", "b"}), ElementsAre(HasSubstr("given twice")));
  EXPECT_THAT(problems({"token", "--user", "a", "--ttl", "1w"}), ElementsAre(HasSubstr("not \"1w\"")));
}

TEST(CommandLine, ChecksSettingsOrPrintsThem) {
  EXPECT_EQ(parsed({"check-config"}).verb, Verb::kCheckConfig);
  EXPECT_EQ(parsed({"check-config"}).print, Command::Print::kFindings);
  EXPECT_EQ(parsed({"check-config", "--sample"}).print, Command::Print::kSample);
  EXPECT_EQ(parsed({"check-config", "--markdown"}).print, Command::Print::kMarkdown);
  EXPECT_THAT(problems({"check-config", "--sample", "--markdown"}),
              ElementsAre(HasSubstr("give one of them")));
}

TEST(CommandLine, RefusesAnUnknownFlagAndNamesTheNearest) {
  EXPECT_THAT(problems({"--prot", "3001"}), ElementsAre(AllOf(HasSubstr("--prot"), HasSubstr("--port"))));
  EXPECT_THAT(problems({"serve", "--jwt-secret-file=x"}), ElementsAre(HasSubstr("--jwt_secret_file")));
  EXPECT_THAT(problems({"-p", "3001"}), ElementsAre(HasSubstr("\"-p\" is not known")));
  EXPECT_THAT(problems({"--limits.json_depth", "1"}), ElementsAre(HasSubstr("not known")));
}

TEST(CommandLine, DoesNotRepeatTheValueOfAnUnknownFlag) {
  EXPECT_THAT(problems({"--jwt_secert", "s3cret"}), ElementsAre(Not(HasSubstr("s3cret"))));
  EXPECT_THAT(problems({"--jwt_secert=s3cret"}), ElementsAre(Not(HasSubstr("s3cret"))));
}

TEST(CommandLine, SaysOfAFlagThatItBelongsToAnotherCommand) {
  EXPECT_THAT(problems({"serve", "--ttl", "1h"}), ElementsAre(HasSubstr("belongs to another command")));
  EXPECT_THAT(problems({"token", "--user", "x", "--sample"}),
              ElementsAre(HasSubstr("belongs to another command")));
}

TEST(CommandLine, RefusesWordsThatItDoesNotKnow) {
  EXPECT_THAT(problems({"serv"}),
              ElementsAre(AllOf(HasSubstr("\"serv\""), HasSubstr("serve, token, check-config"))));
  EXPECT_THAT(problems({"serve", "token"}), ElementsAre(HasSubstr("\"token\"")));
  EXPECT_THAT(problems({"--dev", "yes"}), ElementsAre(HasSubstr("\"yes\"")));
  EXPECT_THAT(problems({"--"}), ElementsAre(HasSubstr("\"--\" is not known")));
  EXPECT_THAT(problems({""}), ElementsAre(HasSubstr("argument \"\" is not understood")));
  EXPECT_THAT(problems({"", "--dev"}), ElementsAre(HasSubstr("argument \"\" is not understood")));
}

TEST(CommandLine, RefusesAFlagWithoutItsValue) {
  EXPECT_THAT(problems({"--port"}), ElementsAre(HasSubstr("--port needs a value")));
  EXPECT_THAT(problems({"--port", "--host", "::1"}), ElementsAre(HasSubstr("--port needs a value")));
  EXPECT_THAT(problems({"--port", "--host=::1"}), ElementsAre(HasSubstr("--port needs a value")));
  EXPECT_THAT(problems({"token", "--user", "--ttl", "1h"}), ElementsAre(HasSubstr("--user needs a value")));
  EXPECT_THAT(problems({"--config"}), ElementsAre(HasSubstr("--config needs a value")));
}

TEST(CommandLine, TellsAllThatIsWrongAtOnce) {
  EXPECT_THAT(problems({"--prot=1", "foo", "--hots=2"}),
              AllOf(SizeIs(3), Contains(HasSubstr("--prot")), Contains(HasSubstr("foo")),
                    Contains(HasSubstr("--hots"))));
}

TEST(Ttl, IsANumberAndAUnit) {
  EXPECT_EQ(parse_ttl("90s"), base::seconds(90));
  EXPECT_EQ(parse_ttl("15m"), base::minutes(15));
  EXPECT_EQ(parse_ttl("1h"), base::hours(1));
  EXPECT_EQ(parse_ttl("30d"), base::hours(720));
  EXPECT_EQ(parse_ttl("3650d"), base::hours(24 * 3650));
}

TEST(Ttl, IsNothingElse) {
  for (const auto* text : {"", "s", "90", "0s", "-1h", "+1h", "1.5h", " 1h", "1h ", "1H", "1w", "h1", "1h30m",
                           "1 h", "3651d", "99999999999999999999s", "9223372036854775807d", "0x1h", "1h\r"}) {
    EXPECT_EQ(parse_ttl(text), std::nullopt) << text;
  }
}

TEST(CommandLine, TakesWhatStandsBehindACommandOfAnOperatorAsItIs) {
  EXPECT_EQ(parsed({"erase-user", "-XD--x"}).subject, "-XD--x");
  EXPECT_EQ(parsed({"erase-user", "-XD--x"}).verb, Verb::kEraseUser);
  EXPECT_EQ(parsed({"--data_dir", "d", "backup", "a file.db"}).subject, "a file.db");
  EXPECT_EQ(parsed({"restore", "f", "--data_dir", "backup"}).subject, "f");
  EXPECT_EQ(parsed({"restore", "f", "--data_dir", "backup"}).verb, Verb::kRestore);
  for (const Arguments& arguments :
       {Arguments{"backup"}, Arguments{"backup", "--data_dir", "d"}, Arguments{"erase-user", ""}})
    EXPECT_THAT(problems(arguments), ElementsAre(HasSubstr("needs "))) << arguments.front();
  EXPECT_THAT(problems({"backup", "a", "b"}), ElementsAre(HasSubstr("\"b\" is not understood")));
}

}  // namespace
}  // namespace zvonok::app
