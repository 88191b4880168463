#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// The user's folders, by the XDG rules (docs/configuration.md, Files).
struct UserFolders {
  std::filesystem::path data;     ///< Certificates: shared by all instances, so that one is trusted once.
  std::filesystem::path state;    ///< One folder an instance.
  std::filesystem::path runtime;  ///< One record a running instance.

  static UserFolders from_environment();
};

/// In an instance's state folder: locked for as long as the instance lives.
inline constexpr std::string_view kLockFileName = "lock";

/// What other programs need to reach a running emulator: the content of the ready file.
struct InstanceRecord {
  std::string instance;
  std::int64_t pid = 0;
  base::WallTime started_at;
  std::string project;  ///< The project folder, by which commands find the instance.
  std::string portal, hosting, storage, control;  ///< Origins, without a trailing slash.
  std::string token;
  std::string ca_certificate;  ///< Empty without TLS.
  std::string state_dir;
  /// For storage clients, with the account's key: of the account that is meant unless one is named.
  std::string connection_string;
  std::vector<std::pair<std::string, std::string>> connection_strings;  ///< Of every account, by its name.

  struct Extension {
    std::string name;
    std::string hosting_service_name;
    std::vector<std::pair<std::string, std::string>> stages;
  };
  std::vector<Extension> extensions;
};

std::string to_json(const InstanceRecord& record);
/// The record as it may be logged: without the token and the accounts' keys.
InstanceRecord without_secrets(InstanceRecord record);
base::Result<InstanceRecord> parse_instance_record(const std::string& json);

/// `demo-1f3a9c20`: the folder's name and a piece of its path's hash, so that two projects do not share a
/// state folder.
std::string instance_name_for(const std::filesystem::path& project_folder);

/// The ready line (one line, no line end), for programs that read standard output.
std::string ready_line(const InstanceRecord& record);

/// A record on disk for as long as this lives: there only while the instance is ready, mode 0600, written
/// whole.
class PublishedRecord {
 public:
  static base::Result<PublishedRecord> write(std::filesystem::path file, const InstanceRecord& record);
  PublishedRecord(PublishedRecord&& other) noexcept : file_(std::exchange(other.file_, {})) {}
  PublishedRecord& operator=(PublishedRecord&&) = delete;
  ~PublishedRecord();

 private:
  explicit PublishedRecord(std::filesystem::path file) : file_(std::move(file)) {}
  std::filesystem::path file_;
};

/// How a command names the instance that it means; all empty: the one of `project`, else the only one
/// running.
struct InstanceChoice {
  std::filesystem::path ready_file;
  std::string instance;
  std::filesystem::path project;
};

/// Every record of a process that still runs.
std::vector<InstanceRecord> running_instances(const UserFolders& folders);

/// `not_found` with kNoInstance and what to do, if there is none; `invalid_input` if several fit.
base::Result<InstanceRecord> find_instance(const InstanceChoice& choice, const UserFolders& folders);

}  // namespace exthost::app
