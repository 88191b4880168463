#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emulator/check/container.h"
#include "emulator/check/finding.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"

namespace exthost::check {

/// A container's two documents, read. Absent: the container has no such blob.
struct ContainerDocuments {
  std::string config_file;  ///< As messages show it; also where a config.json that is not there belongs.
  std::optional<std::string> config;
  std::string definition_file;
  std::optional<std::string> definition;
  std::optional<std::vector<BlobName>> blobs;  ///< Absent: not known.
  bool alone = false;  ///< Only a config.json is looked at, not the container that it belongs to.
};

/// What config.json refers to.
struct NamedVersion {
  std::string version;
  std::vector<std::string> names;  ///< Stages and friendly names that have it, in file order.
  std::size_t offset = 0;          ///< Of its first mention in config.json.
};

/// The versions that a config.json names, also one with faults, as far as they can be told; none if it is not
/// of schema 3.
std::vector<NamedVersion> named_versions(std::string_view config);

/// Whether a config.json asks for a stage definition of its own, also one with faults.
bool asks_for_definition(std::string_view config);

/// Everything wrong with config.json and stagedefinition.json, by model's rules, and with what the container
/// has of them (b1, b12, c5, q6).
std::vector<Finding> check_documents(const ContainerDocuments& documents, model::Cloud cloud,
                                     const model::ConfigRules& rules = {});

/// An error for each named version whose zip the container lacks (b7, a11), in config.json where it is named
/// first; the hint says of a zip that only differs in case or lies in a sub-folder.
std::vector<Finding> check_missing_versions(const ContainerDocuments& documents,
                                            const std::vector<NamedVersion>& missing);

/// What the names of the blobs tell: zips that nothing refers to, HostingSvc.zip, names that differ by letter
/// case only. `shown`: the container.
std::vector<Finding> check_blob_names(const ContainerDocuments& documents, const std::string& shown);

}  // namespace exthost::check
