#include <map>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/version_rules.h"
#include "emulator/model/codes.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/zip_directory.h"
#include "emulator/package/zip_end_record.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using model::Severity;

constexpr std::size_t kMostNamed = 20;  // damaged files, and clashes

Finding finding_of(const base::Error& error, const std::string& shown, const std::string& entry) {
  return {{Severity::error,
           error.code.empty() ? std::string(codes::kZipCorrupt) : error.code,
           error.message,
           "build the zip again, and publish it under a new version",
           {shown, 0, 0},
           {}},
          entry};
}

/// Names that differ only by letter case, each clash once.
std::vector<std::pair<std::string, std::string>> clashes_among(const std::vector<std::string>& paths) {
  std::map<std::string, std::string> first;
  std::vector<std::pair<std::string, std::string>> clashes;
  for (const std::string& path : paths) {
    const auto [known, is_new] = first.emplace(base::to_lower(path), path);
    if (!is_new && known->second != path && clashes.size() < kMostNamed) {
      clashes.emplace_back(known->second, path);
    }
  }
  return clashes;
}

std::string clash_message(const std::string& one, const std::string& other) {
  return package::quoted_name(one) + " and " + package::quoted_name(other) +
         " differ only by letter case, and paths are served without regard to it";
}

constexpr const char* kClashHint = "rename one of them, or leave it out";

/// All the clashes of a zip that was refused for one of them.
std::vector<Finding> clashes_in(std::string_view bytes, const std::string& shown) {
  std::vector<std::string> paths;
  const auto directory = package::zip::find_directory(bytes);
  if (!directory) return {};
  const auto records = package::zip::read_directory(bytes, *directory);
  if (!records) return {};
  for (const auto& record : *records) {
    const bool marked_utf8 = (record.flags & 0x0800u) != 0;
    auto name = package::decode_entry_name(record.raw_name, record.unicode_path, marked_utf8, {});
    if (!name || name->folder) continue;
    paths.push_back(name->rewritten ? *name->rewritten : std::string(record.raw_name));
  }
  std::vector<Finding> findings;
  for (const auto& [one, other] : clashes_among(paths)) {
    Finding& finding = findings.emplace_back();
    finding.problem.code = codes::kZipNames;
    finding.problem.message = clash_message(one, other);
    finding.problem.hint = kClashHint;
    finding.problem.where.file = shown;
    finding.entry = other;
  }
  return findings;
}

}  // namespace

CheckedZip check_zip(std::shared_ptr<const void> owner, std::string_view bytes, const std::string& shown) {
  CheckedZip checked;
  auto opened = package::Package::open(std::move(owner), bytes);
  if (!opened) {
    if (opened.error().code == codes::kZipNames) checked.findings = clashes_in(bytes, shown);
    if (checked.findings.empty()) checked.findings.push_back(finding_of(opened.error(), shown, ""));
    return checked;
  }
  checked.package = *std::move(opened);
  for (const std::string& warning : checked.package->warnings()) {
    checked.findings.push_back({{Severity::warning,
                                 std::string(codes::kZipNames),
                                 warning,
                                 "build the zip with a tool that writes names as UTF-8 with slashes",
                                 {shown, 0, 0},
                                 {}},
                                ""});
  }
  if (checked.package->verify()) return checked;
  // One at least is damaged: find them all.
  for (const package::Entry& entry : checked.package->entries()) {
    if (checked.findings.size() == kMostNamed) break;
    if (const auto read = checked.package->read(entry); !read) {
      checked.findings.push_back(finding_of(read.error(), shown, std::string(entry.name)));
    }
  }
  return checked;
}

std::vector<Finding> check_file_names(const std::vector<std::string>& paths, const std::string& shown) {
  std::vector<Finding> findings;
  const auto add = [&](std::string message, std::string hint, const std::string& path, std::string code) {
    findings.push_back({{Severity::error,
                         std::move(code),
                         std::move(message),
                         std::move(hint),
                         {join_shown(shown, path), 0, 0},
                         {}},
                        ""});
  };
  for (const std::string& path : paths) {
    const auto good = package::check_entry_name(path, {});
    if (!good && findings.size() < kMostNamed) {
      add(good.error().message, "rename it, or leave it out of the extension", path, good.error().code);
    }
  }
  for (const auto& [one, other] : clashes_among(paths)) {
    add(clash_message(one, other), kClashHint, other, std::string(codes::kZipNames));
  }
  return findings;
}

}  // namespace exthost::check
