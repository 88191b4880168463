#include "emulator/hosting/synchronizer.h"

#include <algorithm>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using base::Error;
using base::Result;
using model::kConfigBlob;
using model::zip_of;

/// Whether a failure says that we could not have the zip, or could not keep it, rather than that the zip is
/// no good.
bool is_passing(const Error& error) {
  return error.kind == base::ErrorKind::unavailable || error.code == codes::kSourceRedirects ||
         error.code == codes::kStateUnwritable;
}

/// For a hint beside a failure that stands anyway: where it can't be told, there is none.
bool seems_to_have(ContainerSource& source, const std::string& blob) {
  const auto found = has_blob(source, blob);
  return found && *found;
}

}  // namespace

Synchronizer::Synchronizer(std::shared_ptr<ContainerSource> source, PackageStore& store, model::Cloud cloud,
                           model::ConfigRules rules, HostingLimits limits,
                           model::EnvironmentRules environment_rules)
    : source_(std::move(source)),
      store_(store),
      cloud_(cloud),
      rules_(rules),
      limits_(limits),
      environment_rules_(environment_rules) {}

SyncOutcome Synchronizer::sync(const HeldVersions& held) {
  SyncOutcome outcome;
  const auto config_text = get_document(kConfigBlob);
  if (!config_text) {
    outcome.failure = download_failure(config_text.error(), kConfigBlob, source_->url());
    return outcome;
  }
  if (!config_text->has_value()) {
    outcome.failure = config_missing(source_->url());
    return outcome;
  }
  outcome.config_text = **config_text;

  auto config = plan_config(outcome.config_text, rules_);
  outcome.warnings = std::move(config.warnings);
  outcome.failure = std::move(config.failure);
  if (outcome.failure) return outcome;

  auto definition = get_definition(*config.value, outcome.config_text);
  outcome.failure = std::move(definition.failure);
  if (outcome.failure) return outcome;
  outcome.definition_text = definition.value->value_or("");

  auto deployment =
      plan_deployment(std::move(*config.value), outcome.config_text, *definition.value, cloud_, rules_);
  outcome.warnings.insert(outcome.warnings.end(), deployment.warnings.begin(), deployment.warnings.end());
  outcome.failure = std::move(deployment.failure);
  if (outcome.failure) return outcome;

  outcome.failure = fetch_versions(deployment.value->config, outcome.config_text, held, outcome.fetched);
  if (!outcome.failure) outcome.deployment = std::move(deployment.value);
  return outcome;
}

Result<std::optional<std::string>> Synchronizer::get_document(const std::string& blob) {
  const auto known = documents_.find(blob);
  const std::string etag = known == documents_.end() ? std::string() : known->second.etag;
  auto fetched = source_->get(blob, etag, limits_.config_bytes);
  if (!fetched) return std::move(fetched).error();
  switch (fetched->state) {
    case Fetched::State::absent:
      documents_.erase(blob);
      return std::optional<std::string>();
    case Fetched::State::not_modified:
      if (!etag.empty()) return std::optional<std::string>(known->second.text);
      return Error{base::ErrorKind::unavailable, "it answered 304 to a request without a condition",
                   std::string(codes::kStorageUnavailable)};
    case Fetched::State::found:
      break;
  }
  std::string text(fetched->bytes);
  documents_[blob] = Document{std::move(fetched->etag), text};
  return std::optional<std::string>(std::move(text));
}

SyncStep<std::optional<std::string>> Synchronizer::get_definition(const model::DeploymentConfig& config,
                                                                  std::string_view config_text) {
  if (!config.custom_stage_definition) return {std::optional<std::string>(), std::nullopt, {}};
  auto text = get_document(model::kDefinitionBlob);
  if (!text) {
    return {std::nullopt,
            definition_fetch_failure(config, config_text, source_->url(), &text.error(), false),
            {}};
  }
  if (!text->has_value()) {
    return {std::nullopt,
            definition_fetch_failure(config, config_text, source_->url(), nullptr,
                                     seems_to_have(*source_, model::kMisspeltDefinitionBlob)),
            {}};
  }
  return {std::move(*text), std::nullopt, {}};
}

std::optional<SyncFailure> Synchronizer::fetch_versions(const model::DeploymentConfig& config,
                                                        std::string_view config_text,
                                                        const HeldVersions& held, HeldVersions& fetched) {
  std::vector<std::string> missing;
  std::optional<SyncFailure> invalid;
  const auto judge = [&](const HeldVersion& version) {
    if (auto good = check_version_contents(version, limits_, environment_rules_); !good && !invalid) {
      invalid = invalid_version(config, config_text, version.name, good.error());
    }
  };
  for (const std::string& version : versions_to_fetch(config, held)) {
    const auto refused = refused_.find(version);
    const std::string etag = refused == refused_.end() ? std::string() : refused->second.etag;
    auto zip = source_->get(zip_of(version), etag, limits_.package.zip_bytes);
    if (!zip) {
      if (is_passing(zip.error())) return download_failure(zip.error(), zip_of(version), source_->url());
      if (!invalid) invalid = invalid_version(config, config_text, version, zip.error());
      continue;
    }
    if (zip->state == Fetched::State::absent) {
      refused_.erase(version);
      missing.push_back(version);
      continue;
    }
    if (zip->state == Fetched::State::not_modified) {
      if (refused == refused_.end()) {
        return download_failure(
            Error{base::ErrorKind::unavailable, "it answered 304 to a request without a condition",
                  std::string(codes::kStorageUnavailable)},
            zip_of(version), source_->url());
      }
      if (!invalid) invalid = invalid_version(config, config_text, version, refused->second.error);
      continue;
    }
    auto accepted = accept_zip(version, *zip);
    if (!accepted) {
      if (is_passing(accepted.error())) {
        return SyncFailure{model::IncidentCause::storage_unavailable,
                           accepted.error().code,
                           "can't keep " + zip_of(version) + ": " + accepted.error().message,
                           {},
                           true};
      }
      if (!invalid) invalid = invalid_version(config, config_text, version, accepted.error());
      refused_[version] = Refused{zip->etag, std::move(accepted).error()};
      continue;
    }
    refused_.erase(version);
    fetched.insert(fetched.begin(), std::move(*accepted));
  }
  for (const std::string& name : config.versions()) {
    // What was minted here, or restored, has not passed this door before.
    for (const auto& version : held) {
      if (version->name == name) judge(*version);
    }
  }
  if (!missing.empty()) {
    return missing_versions(config, config_text, missing, source_->url(),
                            seems_to_have(*source_, model::kDevelopmentZipBlob));
  }
  return invalid;
}

Result<std::shared_ptr<const HeldVersion>> Synchronizer::accept_zip(const std::string& version,
                                                                    const Fetched& zip) {
  if (auto good = check_version_zip(version, zip.owner, zip.bytes, limits_, environment_rules_); !good)
    return std::move(good).error();
  const std::string sha256 = base::sha256_hex(zip.bytes);
  auto kept = store_.keep(sha256, zip.bytes);
  if (!kept) return std::move(kept).error();
  in_container_[version] = InContainer{zip.etag, sha256};
  return make_held_version(version, std::move(*kept), sha256, zip.etag);
}

std::vector<ReplacedZip> Synchronizer::find_replaced(const model::DeploymentConfig& config,
                                                     const HeldVersions& held) {
  std::vector<ReplacedZip> replaced;
  const std::vector<std::string> names = config.versions();
  std::erase_if(in_container_, [&](const auto& seen) {
    return std::find(names.begin(), names.end(), seen.first) == names.end();
  });
  for (const std::string& name : names) {
    const HeldVersion* version = find_version(held, name);
    if (version == nullptr || !version->stored()) continue;
    // What the container was last seen to have is what a condition can be made of; at first, that is what was
    // fetched. Without an ETag (a version that was minted here, a source that gives none) there is one look.
    const auto seen = in_container_.find(name);
    const bool first_look = seen == in_container_.end();
    InContainer there = first_look ? InContainer{version->etag, version->sha256} : seen->second;
    if (first_look || !there.etag.empty()) {
      const auto zip = source_->get(zip_of(name), there.etag, limits_.package.zip_bytes);
      if (zip && zip->state == Fetched::State::found)
        there = InContainer{zip->etag, base::sha256_hex(zip->bytes)};
      if (zip && zip->state != Fetched::State::absent) in_container_[name] = there;
    }
    if (there.sha256 != version->sha256) replaced.push_back(ReplacedZip{name, version->sha256, there.sha256});
  }
  return replaced;
}

}  // namespace exthost::hosting
