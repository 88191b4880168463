#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/builder.h"

namespace exthost::watch {

/// Bytes that stay as they are for as long as `owner` lives.
struct Content {
  std::shared_ptr<const void> owner;
  std::string_view bytes;

  static Content of(std::string text);
};

/// A container as its publisher sees it (domain.md a1): flat names, whole blobs. `app` joins it to the blob
/// store.
///
/// Thread-safe; may block. A blob is replaced whole: readers see the old bytes or the new. Failures are
/// `unavailable` unless a method says otherwise.
class ContainerSink {
 public:
  struct Blob {
    Content content;
    std::string etag;
  };

  virtual ~ContainerSink() = default;
  virtual base::Result<std::optional<Blob>> get(const std::string& name) = 0;
  virtual base::Result<void> put(const std::string& name, Content content) = 0;
  /// Puts only if the blob still has `etag`, or, with an empty one, if there is no such blob; `conflict`
  /// otherwise.
  virtual base::Result<void> put_if_unchanged(const std::string& name, Content content,
                                              const std::string& etag) = 0;
  /// Puts a package's zip where no such blob is, else `conflict`. Parts that the container has of an earlier
  /// one need not be asked of the package. Returns the ETag.
  virtual base::Result<std::string> put_new_zip(const std::string& name,
                                                const package::BuiltPackage& built) = 0;
  /// Removing what is not there succeeds.
  virtual base::Result<void> remove(const std::string& name) = 0;
  /// Every blob's name, in any order.
  virtual base::Result<std::vector<std::string>> list() = 0;
};

}  // namespace exthost::watch
