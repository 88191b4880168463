#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/watch/container_sink.h"

namespace exthost::testing {

/// A container in memory that remembers what was done to it and fails on demand.
class FakeContainer final : public watch::ContainerSink {
 public:
  /// What is there, by name.
  std::map<std::string, std::string> blobs;
  /// `put config.json`, `remove 1.0.0.1.zip`, in order; what failed is not among them.
  std::vector<std::string> done;
  /// Asked ahead of each action (`get x`, `put x`, `remove x`, `list`): an error makes it fail.
  std::function<std::optional<base::Error>(const std::string& action)> failure;

  /// As another writer would, unrecorded.
  void set(const std::string& name, std::string text) {
    blobs[name] = std::move(text);
    ++generations_[name];
  }

  base::Result<std::optional<Blob>> get(const std::string& name) override {
    if (auto error = fails("get " + name)) return *error;
    const auto blob = blobs.find(name);
    if (blob == blobs.end()) return std::optional<Blob>();
    return std::optional<Blob>(Blob{watch::Content::of(blob->second), etag(name)});
  }

  base::Result<void> put(const std::string& name, watch::Content content) override {
    if (auto error = fails("put " + name)) return *error;
    set(name, std::string(content.bytes));
    done.push_back("put " + name);
    return {};
  }

  base::Result<void> put_if_unchanged(const std::string& name, watch::Content content,
                                      const std::string& seen) override {
    if (auto error = fails("put " + name)) return *error;
    const std::string now = blobs.count(name) != 0 ? etag(name) : "";
    if (seen != now) return base::Error{base::ErrorKind::conflict, name + " has changed", ""};
    set(name, std::string(content.bytes));
    done.push_back("put " + name);
    return {};
  }

  base::Result<std::string> put_new_zip(const std::string& name,
                                        const package::BuiltPackage& built) override {
    auto put = put_if_unchanged(name, {built.package->owner(), built.package->bytes()}, "");
    if (!put) return std::move(put).error();
    return etag(name);
  }

  base::Result<void> remove(const std::string& name) override {
    if (auto error = fails("remove " + name)) return *error;
    blobs.erase(name);
    done.push_back("remove " + name);
    return {};
  }

  base::Result<std::vector<std::string>> list() override {
    if (auto error = fails("list")) return *error;
    std::vector<std::string> names;
    for (const auto& [name, text] : blobs) names.push_back(name);
    return names;
  }

 private:
  std::optional<base::Error> fails(const std::string& action) const {
    return failure ? failure(action) : std::nullopt;
  }
  std::string etag(const std::string& name) { return '"' + std::to_string(generations_[name]) + '"'; }

  std::map<std::string, int> generations_;
};

}  // namespace exthost::testing
