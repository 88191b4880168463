#include "emulator/app/banner.h"

#include <sstream>

#include "emulator/storage/accounts.h"
#include "tests/support/catch.h"

using namespace exthost;

namespace {

constexpr const char* kSecret = "c2VjcmV0";

/// What start prints of one extension, on a terminal or in a log.
std::string banner(const std::string& key, bool is_terminal) {
  app::Settings settings;
  settings.extensions.resize(1);
  settings.extensions[0].name = "Demo";
  settings.extensions[0].hosting_service_name = "demo";
  settings.extensions[0].storage.account = "acct";
  if (key != storage::kDevelopmentKey) settings.storage.accounts["acct"] = {key};
  app::InstanceRecord record;
  record.storage = "http://127.0.0.1:3";
  record.connection_string = "AccountName=acct;AccountKey=" + key + ";BlobEndpoint=http://127.0.0.1:3/acct;";
  std::ostringstream out;
  const app::Terminal terminal(out, {is_terminal, false, true});
  std::string text;
  for (const std::string& line :
       app::banner_lines(record, settings, std::chrono::milliseconds(1), true, terminal))
    text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("the banner has a whole connection string for whoever starts the emulator") {
  CHECK_THAT(
      banner(kSecret, true),
      ContainsSubstring("AccountName=acct;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:3/acct;\n"));
  const std::string known(storage::kDevelopmentKey);
  for (const bool is_terminal : {true, false})
    CHECK_THAT(banner(known, is_terminal), ContainsSubstring("AccountKey=" + known + ";BlobEndpoint="));
}

TEST_CASE("off a terminal the banner keeps an account's own key to itself, and says who tells it") {
  const std::string text = banner(kSecret, false);
  CHECK(text.find(kSecret) == std::string::npos);
  CHECK_THAT(text, ContainsSubstring(
                       "AccountKey=***;BlobEndpoint=http://127.0.0.1:3/acct;   (whole: exthost-emu env)"));
}
