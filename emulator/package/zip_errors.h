#pragma once

#include <string>
#include <utility>

#include "emulator/base/result.h"
#include "emulator/model/codes.h"

/// The refusals of this layer, one function a code (limits.md, Zip).
namespace exthost::package {

/// It is not what it claims to be: damaged, cut short, or contradicting itself.
inline base::Error zip_corrupt(std::string message) {
  return {base::ErrorKind::corrupt, std::move(message), std::string(model::codes::kZipCorrupt)};
}
/// An entry would reach outside the package or is no plain file.
inline base::Error zip_unsafe(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kZipUnsafe)};
}
/// A limit on sizes or counts.
inline base::Error zip_too_large(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kZipTooLarge)};
}
/// A feature of the format that a version zip may not use.
inline base::Error zip_unsupported(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kZipUnsupported)};
}
/// A name that is badly formed, or that clashes with another.
inline base::Error zip_names(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kZipNames)};
}

}  // namespace exthost::package
