#include "emulator/app/instance.h"

#include "emulator/app/environment_report.h"
#include "emulator/base/file.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::InstanceRecord;

namespace {

/// The user's folders in a temporary place, and instances that "run" as far as others can tell: their lock is
/// held.
class Neighbourhood {
 public:
  Neighbourhood() : folder_(*base::TemporaryFolder::create("exthost-instance-")) {
    folders = {folder_.path() / "data", folder_.path() / "state", folder_.path() / "runtime"};
    REQUIRE(base::make_private_folder(folders.runtime));
  }

  InstanceRecord add(const std::string& name, const std::string& project, bool running = true) {
    InstanceRecord record;
    record.instance = name;
    record.pid = 1;
    record.project = project;
    record.control = "http://localhost:1";
    record.token = "secret";
    record.state_dir = (folders.state / name).string();
    REQUIRE(base::make_private_folder(record.state_dir));
    auto lock = base::FileLock::acquire(std::filesystem::path(record.state_dir) / app::kLockFileName);
    REQUIRE(lock);
    if (running) locks_.push_back(*std::move(lock));
    REQUIRE(base::write_file(folders.runtime / (name + ".json"), app::to_json(record),
                             base::Durability::process));
    return record;
  }

  app::UserFolders folders;

 private:
  base::TemporaryFolder folder_;
  std::vector<std::unique_ptr<base::FileLock>> locks_;
};

}  // namespace

TEST_CASE("a record survives its own ready file") {
  InstanceRecord record;
  record.instance = "one";
  record.pid = 42;
  record.portal = "https://localhost:1";
  record.hosting = "https://localhost:2";
  record.storage = "http://127.0.0.1:3";
  record.control = "http://localhost:4";
  record.token = "t";
  record.state_dir = "/state";
  record.extensions = {{"Ext", "ext", {{"stage1", "1.0"}}}};
  record.connection_string = "AccountName=b;AccountKey=c2VjcmV0;";
  record.connection_strings = {{"a", "AccountName=a;"}, {"b", "AccountName=b;AccountKey=c2VjcmV0;"}};
  const auto read = app::parse_instance_record(app::to_json(record));
  REQUIRE(read);
  CHECK(read->instance == "one");
  CHECK(read->pid == 42);
  CHECK(read->hosting == record.hosting);
  CHECK(read->token == "t");
  CHECK(read->connection_string == record.connection_string);
  CHECK(read->connection_strings == record.connection_strings);
  const std::string logged = app::to_json(app::without_secrets(record));
  CHECK(logged.find("c2VjcmV0") == std::string::npos);
  CHECK_THAT(logged, ContainsSubstring(R"("token": "")"));
  CHECK(app::ready_line(record) ==
        "EXTHOST_EMU_READY v=1 instance=one pid=42 portal=https://localhost:1 hosting=https://localhost:2 "
        "storage=http://127.0.0.1:3 control=http://localhost:4");
}

TEST_CASE("what is not a ready file is refused") {
  for (const char* text :
       {"", "{}", "[1]", R"({"v":2,"urls":{}})", R"({"v":1,"urls":{}})", R"({"v":1,"urls":7})"}) {
    CHECK_FALSE(app::parse_instance_record(text));
  }
}

TEST_CASE("a published record is there while its instance is, and nobody else can read it") {
  const auto folder = base::TemporaryFolder::create("exthost-record-");
  REQUIRE(folder);
  const auto file = folder->path() / "ready.json";
  {
    const auto published = app::PublishedRecord::write(file, {});
    REQUIRE(published);
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  }
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("an instance is found by name, by folder, or because it is the only one") {
  Neighbourhood neighbourhood;
  CHECK(app::find_instance({}, neighbourhood.folders).error().code == model::codes::kNoInstance);

  neighbourhood.add("one", "/projects/one");
  CHECK(app::find_instance({{}, "", "/elsewhere"}, neighbourhood.folders)->instance == "one");

  neighbourhood.add("two", "/projects/two");
  CHECK(app::find_instance({{}, "two", "/elsewhere"}, neighbourhood.folders)->instance == "two");
  CHECK(app::find_instance({{}, "", "/projects/two/src/deep"}, neighbourhood.folders)->instance == "two");
  CHECK(app::find_instance({{}, "", "/elsewhere"}, neighbourhood.folders).error().kind ==
        base::ErrorKind::invalid_input);
  CHECK(app::find_instance({{}, "three", "/"}, neighbourhood.folders).error().kind ==
        base::ErrorKind::not_found);
}

TEST_CASE("the record of a process that was killed is not an instance") {
  Neighbourhood neighbourhood;
  neighbourhood.add("dead", "/projects/dead", false);
  CHECK(app::running_instances(neighbourhood.folders).empty());
  CHECK_FALSE(
      app::find_instance({neighbourhood.folders.runtime / "dead.json", "", ""}, neighbourhood.folders));
}

TEST_CASE("two projects have two instance names, the same project always one") {
  CHECK(app::instance_name_for("/a/demo") != app::instance_name_for("/b/demo"));
  CHECK(app::instance_name_for("/a/demo") == app::instance_name_for("/a/demo"));
  CHECK(app::instance_name_for("/a/with space & more").rfind("withspacemore-", 0) == 0);
}

TEST_CASE("the environment is told in each shell's own syntax") {
  InstanceRecord record;
  record.storage = "http://127.0.0.1:3";
  record.token = "it's";
  record.connection_string = "AccountName=one;";
  record.connection_strings = {{"one", "AccountName=one;"}, {"other", "AccountName=other;"}};
  CHECK_THAT(*app::environment_report(record, "posix"),
             ContainsSubstring(R"(export EXTHOST_EMU_TOKEN='it'\''s')"));
  CHECK_THAT(*app::environment_report(record, "powershell"),
             ContainsSubstring("$env:EXTHOST_EMU_TOKEN = 'it''s'"));
  CHECK_THAT(*app::environment_report(record, "dotenv"),
             ContainsSubstring("AZURE_STORAGE_CONNECTION_STRING=\"AccountName=one;\"\n"));
  CHECK_THAT(*app::environment_report(record, "github"),
             ContainsSubstring("AZURE_STORAGE_CONNECTION_STRING=AccountName=one;\n"));
  const std::string azp = *app::environment_report(record, "azp");
  CHECK_THAT(
      azp, ContainsSubstring("##vso[task.setvariable variable=AZURE_STORAGE_CONNECTION_STRING;issecret=true]"
                             "AccountName=one;\n"));
  CHECK_THAT(azp, ContainsSubstring("variable=EXTHOST_EMU_TOKEN;issecret=true]it's"));
  CHECK_THAT(azp, ContainsSubstring("variable=EXTHOST_EMU_STORAGE_URL]http://127.0.0.1:3"));
  CHECK_THAT(*app::environment_report(record, "json"),
             ContainsSubstring(R"("AZURE_STORAGE_CONNECTION_STRING": "AccountName=one;")"));
  CHECK_FALSE(app::environment_report(record, "tcsh"));
}

TEST_CASE("the environment is told for the account that is asked for") {
  InstanceRecord record;
  record.connection_string = "AccountName=one;";
  record.connection_strings = {{"one", "AccountName=one;"}, {"other", "AccountName=other;"}};
  CHECK_THAT(*app::environment_report(record, "posix", "other"),
             ContainsSubstring("export AZURE_STORAGE_CONNECTION_STRING='AccountName=other;'\n"));
  const auto unknown = app::environment_report(record, "posix", "othr");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == model::codes::kUsage);
  CHECK_THAT(unknown.error().message, ContainsSubstring("did you mean 'other'?"));
}
