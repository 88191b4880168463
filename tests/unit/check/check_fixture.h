#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/check/examine.h"
#include "emulator/check/version_files.h"
#include "emulator/package/zip_writer.h"
#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace exthost::test {

/// A version in memory, by path and text.
inline check::VersionFiles files_with(const std::map<std::string, std::string>& texts,
                                      const std::string& shown = "1.0.0.1.zip", bool in_zip = true) {
  check::VersionFiles files;
  files.shown = shown;
  files.in_zip = in_zip;
  for (const auto& [path, text] : texts) files.files.push_back({path, text.size()});
  files.read = [texts](const std::string& path) -> base::Result<std::string> { return texts.at(path); };
  return files;
}

/// The bytes of a zip.
inline std::shared_ptr<const std::string> zip_with(const std::vector<package::NamedBytes>& files) {
  auto zip = package::write_zip(files);
  REQUIRE(zip);
  return *zip;
}

/// `error EHE1203 1.0.0.1.zip/Content/Config/default.json`, a line a finding.
inline std::vector<std::string> lines_of(const std::vector<check::Finding>& findings) {
  std::vector<std::string> lines;
  for (const check::Finding& finding : findings) {
    lines.push_back(std::string(model::to_string(finding.problem.severity)) + " " + finding.problem.code +
                    " " + finding.place());
  }
  return lines;
}

inline check::SubjectResult examine(const testing::SourceTree& tree, const std::string& text,
                                    model::Cloud cloud = model::Cloud::public_cloud) {
  const auto kind = check::recognise(text, tree.path());
  REQUIRE(kind);
  return check::examine({*kind, text, {}}, {cloud, tree.path(), {}});
}

using Lines = std::vector<std::string>;

}  // namespace exthost::test
