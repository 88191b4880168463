#include "emulator/app/certificate.h"

#include <cstdlib>

#include "emulator/app/commands.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/process.h"
#include "emulator/base/clock.h"
#include "emulator/base/file.h"
#include "emulator/base/hash.h"
#include "emulator/http/tls.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Path = std::filesystem::path;

constexpr const char* kNickname = "exthost-emu local CA";
constexpr std::uint64_t kCertificateLimitBytes = 64 * 1024;

Path certificate_file(const UserFolders& folders) {
  return folders.data / "tls" / "ca.pem";
}
/// Holds the hash of the certificate that was put into the browser database.
Path trust_mark(const UserFolders& folders) {
  return folders.data / "tls" / "trusted";
}

std::optional<std::string> certificate_text(const UserFolders& folders) {
  auto text = base::read_file(certificate_file(folders), kCertificateLimitBytes);
  return text ? *std::move(text) : std::nullopt;
}

/// The certificate database that Chromium and Chrome read on Linux.
Path browser_database() {
  const char* home = std::getenv("HOME");
  return Path(home ? home : "/") / ".pki" / "nssdb";
}

Result<void> certutil(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"certutil", "-d", "sql:" + browser_database().string()});
  auto outcome = run_process(arguments);
  if (!outcome && outcome.error().kind == ErrorKind::not_found) {
    return Error{ErrorKind::not_found, "certutil is not installed: apt install libnss3-tools, then try again",
                 std::string(model::codes::kTlsFailed)};
  }
  if (!outcome) return std::move(outcome).error();
  if (outcome->exit_code != 0) {
    return Error{ErrorKind::unavailable, "certutil failed: " + outcome->output,
                 std::string(model::codes::kTlsFailed)};
  }
  return {};
}

Result<void> trust(const UserFolders& folders) {
  const base::MachineClock clock;
  auto authority = http::CertificateAuthority::load_or_create(folders.data / "tls", clock);
  if (!authority) return std::move(authority).error();
  const Path database = browser_database();
  std::error_code fault;
  if (!std::filesystem::exists(database / "cert9.db", fault)) {
    if (auto made = base::make_private_folder(database); !made) return made;
    if (auto made = certutil({"-N", "--empty-password"}); !made) return made;
  }
  if (auto added = certutil({"-A", "-t", "C,,", "-n", kNickname, "-i", certificate_file(folders).string()});
      !added)
    return added;
  const auto text = certificate_text(folders);
  return base::write_file(trust_mark(folders), base::sha256_hex(text.value_or("")), base::Durability::process,
                          0600);
}

Result<void> untrust(const UserFolders& folders) {
  if (auto removed = certutil({"-D", "-n", kNickname}); !removed) return removed;
  std::error_code ignored;  // without the mark it is untrusted all the same
  std::filesystem::remove(trust_mark(folders), ignored);
  return {};
}

}  // namespace

bool is_certificate_trusted(const UserFolders& folders) {
  const auto mark = base::read_file(trust_mark(folders), kCertificateLimitBytes);
  const auto text = certificate_text(folders);
  return mark && *mark && text && **mark == base::sha256_hex(*text);
}

int run_cert(const CommandLine& command, Terminal& out, Terminal& err) {
  const UserFolders folders = UserFolders::from_environment();
  const auto fail = [&](const Error& error) {
    err.error(error);
    return kExitTls;
  };
  if (command.topic == "trust" || command.topic == "untrust") {
    const bool trusting = command.topic == "trust";
    if (const auto done = trusting ? trust(folders) : untrust(folders); !done) return fail(done.error());
    out.line(std::string(out.symbol(Style::good)) +
             (trusting ? " Chromium and Chrome trust " : " Chromium and Chrome no longer trust ") +
             certificate_file(folders).string());
    out.line(
        "  It can sign for localhost and loopback addresses only. Other programs: NODE_EXTRA_CA_CERTS, curl "
        "--cacert.");
    return kExitOk;
  }
  const auto text = certificate_text(folders);
  if (!text) {
    return fail({ErrorKind::not_found,
                 "there is no certificate yet: it is made at the first start, or by 'exthost-emu cert trust'",
                 std::string(model::codes::kTlsFailed)});
  }
  if (command.topic == "export") {
    out.lines(*text);
  } else {
    out.line(certificate_file(folders).string());
    out.line(is_certificate_trusted(folders) ? "trusted by this user's Chromium and Chrome"
                                             : "not trusted yet: exthost-emu cert trust");
  }
  return kExitOk;
}

}  // namespace exthost::app
