#include "emulator/check/examine.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/check/container_rules.h"
#include "emulator/check/version_rules.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/sync_plan.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/registration.h"
#include "emulator/model/stage_definition.h"
#include "emulator/model/version.h"
#include "emulator/package/builder.h"

namespace exthost::check {
namespace {

namespace fs = std::filesystem;
namespace codes = model::codes;
using base::Error;
using base::Result;
using model::Severity;

void append(std::vector<Finding>& to, std::vector<Finding> findings) {
  std::move(findings.begin(), findings.end(), std::back_inserter(to));
}

void append(std::vector<Finding>& to, std::vector<model::Problem> problems) {
  for (model::Problem& problem : problems) to.push_back({std::move(problem), {}});
}

Finding finding_of(const Error& error, const std::string& file, Severity severity = Severity::error) {
  return {{severity, error.code, error.message, {}, {file, 0, 0}, {}}, {}};
}

std::string shown_path(const std::string& text) {
  const std::string normal = fs::path(text).lexically_normal().generic_string();
  return normal.size() > 1 && normal.ends_with('/') ? normal.substr(0, normal.size() - 1) : normal;
}

SubjectResult empty_result(const std::string& subject, SubjectKind kind) {
  return {subject, std::string(to_string(kind)), {}, {}, {}};
}

/// A text file, whole; what keeps it from being read is added to the result.
std::optional<std::string> read_text(const fs::path& path, const std::string& shown, std::uint64_t limit,
                                     SubjectResult& result) {
  auto text = base::read_file(path, limit);
  if (text && *text) return **std::move(text);
  Error error = text ? Error{base::ErrorKind::not_found, shown + " has vanished", ""} : text.error();
  if (error.code.empty()) {
    error.code =
        error.kind == base::ErrorKind::invalid_input ? codes::kSourceTooLarge : codes::kSourceUnreadable;
  }
  result.findings.push_back(finding_of(error, shown));
  return std::nullopt;
}

std::vector<Finding> judge(const VersionFiles& files, const ExamineOptions& options) {
  std::vector<Finding> findings = check_version(files, options.cloud, options.environment_rules);
  if (options.sdk_days) append(findings, check_sdk_age(files, *options.sdk_days));
  return findings;
}

/// Judges one version of a container; false if the container has none of that name.
bool examine_version(Container& container, const std::string& version, const ExamineOptions& options,
                     SubjectResult& result) {
  const std::string blob = model::zip_of(version);
  const std::string place = container.place_of(blob);
  const auto zip = container.get(blob, "", hosting::HostingLimits{}.package.zip_bytes);
  if (!zip) {
    result.looked_at.push_back(place);
    result.findings.push_back(finding_of(zip.error(), place));
    return true;
  }
  if (zip->state != hosting::Fetched::State::found) return false;
  result.looked_at.push_back(place);
  CheckedZip checked = check_zip(zip->owner, zip->bytes, place);
  append(result.findings, std::move(checked.findings));
  if (checked.package) {
    append(result.findings,
           judge(files_of(checked.package, version, place, place.ends_with(".zip")), options));
  }
  return true;
}

/// Those that config.json names; if it names none that can be told, those that are there.
std::vector<NamedVersion> versions_to_judge(const ContainerDocuments& documents) {
  std::vector<NamedVersion> versions;
  if (documents.config) versions = named_versions(*documents.config);
  if (!versions.empty() || !documents.blobs) return versions;
  for (const BlobName& blob : *documents.blobs) {
    const auto version = model::version_of_zip(blob.name);
    if (version && blob.name != model::kDevelopmentZipBlob && model::check_version_name(*version)) {
      versions.push_back({*version, {}, 0});
    }
  }
  return versions;
}

SubjectResult examine_zip(const Subject& subject, const ExamineOptions& options) {
  SubjectResult result = empty_result(shown_path(subject.text), subject.kind);
  result.looked_at.push_back(result.subject);
  auto bytes = read_text(options.folder / subject.text, result.subject,
                         hosting::HostingLimits{}.package.zip_bytes, result);
  if (!bytes) return result;
  const std::string version = fs::path(subject.text).stem().string();
  if (const auto good = model::check_version_name(version); !good) {
    result.findings.push_back({{Severity::error,
                                std::string(codes::kVersionName),
                                "the zip's name is no version: " + good.error().message,
                                "name it <version>.zip",
                                {result.subject, 0, 0},
                                {}},
                               {}});
  }
  if (fs::path(subject.text).filename() == model::kDevelopmentZipBlob) {
    result.findings.push_back(
        {{Severity::error,
          std::string(codes::kHostingSvcZip),
          "HostingSvc.zip is a build in development mode: the hosting service looks for "
          "<version>.zip",
          "set IsDevelopmentMode to false in web.config and build again",
          {result.subject, 0, 0},
          {}},
         {}});
  }
  auto owner = std::make_shared<const std::string>(*std::move(bytes));
  const std::string_view view = *owner;
  CheckedZip checked = check_zip(std::move(owner), view, result.subject);
  append(result.findings, std::move(checked.findings));
  if (checked.package) {
    result.extent = base::counted(checked.package->entries().size(), "file");
    append(result.findings, judge(files_of(checked.package, version, result.subject, true), options));
  }
  return result;
}

SubjectResult examine_source(const Subject& subject, const ExamineOptions& options) {
  SubjectResult result = empty_result(shown_path(subject.text), subject.kind);
  result.looked_at.push_back(result.subject);
  const fs::path root = (options.folder / subject.text).lexically_normal();
  const auto scanned = package::scan_folder(root, subject.ignore);
  if (!scanned) {
    result.findings.push_back(finding_of(scanned.error(), result.subject));
    return result;
  }
  result.extent = base::counted(scanned->size(), "file");
  const package::PackageLimits limits;
  VersionFiles files;
  files.shown = result.subject;
  files.in_zip = false;
  std::vector<std::string> paths;
  std::uint64_t whole = 0;
  for (const package::SourceFile& file : *scanned) {
    paths.push_back(file.path);
    files.files.push_back({file.path, file.size});
    whole += file.size;
    if (file.size > limits.file_bytes) {
      result.findings.push_back(finding_of({base::ErrorKind::invalid_input,
                                            "the file has " + base::human_bytes(file.size) + ", and " +
                                                base::human_bytes(limits.file_bytes) + " is the most",
                                            std::string(codes::kZipTooLarge)},
                                           join_shown(result.subject, file.path)));
    }
  }
  if (whole > limits.expanded_bytes) {
    result.findings.push_back(
        finding_of({base::ErrorKind::invalid_input,
                    "the folder has " + base::human_bytes(whole) + ", and " +
                        base::human_bytes(limits.expanded_bytes) + " is the most for a version",
                    std::string(codes::kZipTooLarge)},
                   result.subject));
  }
  append(result.findings, check_file_names(paths, result.subject));
  files.read = [&](const std::string& path) -> Result<std::string> {
    auto text = base::read_file(root / path, limits.file_bytes);
    if (text && *text) return **std::move(text);
    Error error = text ? Error{base::ErrorKind::conflict, "the file has vanished", ""} : text.error();
    error.code = codes::kSourceUnreadable;
    result.findings.push_back(finding_of(error, join_shown(result.subject, path)));
    return error;
  };
  std::vector<Finding> findings = judge(files, options);
  append(result.findings, std::move(findings));
  return result;
}

/// config.json by itself, with the stage definition that may lie beside it.
SubjectResult examine_config(const Subject& subject, const ExamineOptions& options) {
  SubjectResult result = empty_result(shown_path(subject.text), subject.kind);
  result.looked_at.push_back(result.subject);
  const fs::path path = (options.folder / subject.text).lexically_normal();
  ContainerDocuments documents;
  documents.alone = true;
  documents.config_file = result.subject;
  documents.config = read_text(path, result.subject, hosting::HostingLimits{}.config_bytes, result);
  if (!documents.config) return result;
  const std::string name(model::kDefinitionBlob);
  documents.definition_file = join_shown(fs::path(result.subject).parent_path().generic_string(), name);
  std::error_code ignored;
  const fs::path definition = path.parent_path() / name;
  if (asks_for_definition(*documents.config) && fs::exists(definition, ignored)) {
    result.looked_at.push_back(documents.definition_file);
    documents.definition =
        read_text(definition, documents.definition_file, hosting::HostingLimits{}.config_bytes, result);
  }
  append(result.findings, check_documents(documents, options.cloud, options.config_rules));
  return result;
}

SubjectResult examine_document(const Subject& subject, const ExamineOptions& options) {
  SubjectResult result = empty_result(shown_path(subject.text), subject.kind);
  result.looked_at.push_back(result.subject);
  const auto text = read_text(options.folder / subject.text, result.subject,
                              hosting::HostingLimits{}.environment_bytes, result);
  if (!text) return result;
  if (subject.kind == SubjectKind::registration_file) {
    auto read = model::read_registrations(*text, result.subject);
    if (read.value) result.extent = base::counted(read.value->size(), "extension");
    append(result.findings, std::move(read.problems));
    return result;
  }
  auto read = model::read_stage_definition(*text, result.subject);
  if (read.value) result.extent = base::counted(read.value->stages.size(), "stage");
  append(result.findings, std::move(read.problems));
  const std::string name = fs::path(result.subject).filename().string();
  if (name == model::kMisspeltDefinitionBlob) {
    result.findings.push_back({{Severity::error,
                                std::string(codes::kDefinitionFetchFailed),
                                "the hosting service looks for stagedefinition.json, not for " + name,
                                "rename the file",
                                {result.subject, 0, 0},
                                {}},
                               {}});
  }
  return result;
}

}  // namespace

SubjectResult failed_subject(std::string subject, std::string kind, const base::Error& error) {
  SubjectResult result;
  result.findings.push_back(finding_of(error, subject));
  result.looked_at.push_back(subject);
  result.subject = std::move(subject);
  result.kind = std::move(kind);
  return result;
}

SubjectResult examine_container(Container& container, SubjectKind kind, const ExamineOptions& options) {
  SubjectResult result =
      empty_result(kind == SubjectKind::container_url ? container.url() : shown_path(container.url()), kind);
  ContainerDocuments documents;
  documents.config_file = container.place_of(model::kConfigBlob);
  documents.definition_file = container.place_of(model::kDefinitionBlob);
  const std::uint64_t limit = hosting::HostingLimits{}.config_bytes;
  auto config = hosting::read_document(container, model::kConfigBlob, limit);
  auto definition = config ? hosting::read_document(container, model::kDefinitionBlob, limit)
                           : std::optional<std::string>();
  auto blobs = config ? container.list() : std::optional<std::vector<BlobName>>();
  result.looked_at.push_back(documents.config_file);
  if (!config) result.findings.push_back(finding_of(config.error(), documents.config_file));
  if (!definition) result.findings.push_back(finding_of(definition.error(), documents.definition_file));
  if (!blobs) result.findings.push_back(finding_of(blobs.error(), result.subject));
  if (!config || !definition || !blobs) return result;
  documents.config = *std::move(config);
  documents.definition = *std::move(definition);
  documents.blobs = *std::move(blobs);
  if (documents.definition) result.looked_at.push_back(documents.definition_file);
  for (const Error& remark : container.remarks()) {
    result.findings.push_back(finding_of(remark, result.subject, Severity::warning));
  }
  append(result.findings, check_documents(documents, options.cloud, options.config_rules));

  std::size_t versions = 0;
  std::vector<NamedVersion> missing;
  for (const NamedVersion& version : versions_to_judge(documents)) {
    if (examine_version(container, version.version, options, result)) {
      ++versions;
    } else if (!version.names.empty()) {
      missing.push_back(version);
    }
  }
  if (!missing.empty()) append(result.findings, check_missing_versions(documents, missing));
  append(result.findings, check_blob_names(documents, result.subject));
  result.extent = base::counted(versions, "version");
  group_by_file(result.findings);
  return result;
}

SubjectResult examine(const Subject& subject, const ExamineOptions& options) {
  SubjectResult result;
  switch (subject.kind) {
    case SubjectKind::container_url:
    case SubjectKind::container_folder: {
      const auto container = open_container(subject.text, options.folder);
      if (!container) {
        return failed_subject(without_secrets(subject.text), std::string(to_string(subject.kind)),
                              container.error());
      }
      return examine_container(**container, subject.kind, options);
    }
    case SubjectKind::version_zip:
      result = examine_zip(subject, options);
      break;
    case SubjectKind::source_folder:
      result = examine_source(subject, options);
      break;
    case SubjectKind::config_file:
      result = examine_config(subject, options);
      break;
    case SubjectKind::stage_definition_file:
    case SubjectKind::registration_file:
      result = examine_document(subject, options);
      break;
    case SubjectKind::settings_file:
      EXTHOST_CHECK(false);
  }
  group_by_file(result.findings);
  return result;
}

}  // namespace exthost::check
