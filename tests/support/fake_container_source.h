#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/hosting/container_source.h"
#include "emulator/model/codes.h"

namespace exthost::test {

/// A container in memory that can fail on demand and remembers what was asked of it.
class FakeContainerSource final : public hosting::ContainerSource {
 public:
  void put(const std::string& blob, std::string bytes) {
    state_.with([&](State& state) {
      const std::string etag = "\"" + std::to_string(++state.writes) + "\"";
      state.blobs[blob] = Blob{std::make_shared<const std::string>(std::move(bytes)), etag};
    });
  }
  void remove(const std::string& blob) {
    state_.with([&](State& state) { state.blobs.erase(blob); });
  }
  /// While false, every request fails as if nothing listened there.
  void set_reachable(bool reachable) {
    state_.with([&](State& state) { state.reachable = reachable; });
  }
  /// The same, as an outage that somebody switched on and will switch off.
  void set_outage(bool out) {
    state_.with([&](State& state) { state.out = out; });
  }
  std::string etag_of(const std::string& blob) const {
    return state_.with([&](const State& state) { return state.blobs.at(blob).etag; });
  }
  /// The blobs whose bytes were sent since the last call, in order.
  std::vector<std::string> take_downloads() {
    return state_.with([](State& state) { return std::exchange(state.downloads, {}); });
  }

  /// How often something was asked since the last call.
  int take_requests() {
    return state_.with([](State& state) { return std::exchange(state.requests, 0); });
  }

  std::string url() const override { return "http://storage.example/account/demo"; }

  bool is_out() const override {
    return state_.with([](const State& state) { return state.out; });
  }

  base::Result<hosting::Fetched> get(const std::string& blob, const std::string& if_none_match,
                                     std::uint64_t limit_bytes) override {
    return state_.with([&](State& state) -> base::Result<hosting::Fetched> {
      ++state.requests;
      if (!state.reachable || state.out) {
        return base::Error{base::ErrorKind::unavailable, "connection refused",
                           std::string(model::codes::kStorageUnavailable)};
      }
      hosting::Fetched fetched;
      const auto found = state.blobs.find(blob);
      if (found == state.blobs.end()) return fetched;
      fetched.etag = found->second.etag;
      if (!if_none_match.empty() && if_none_match == fetched.etag) {
        fetched.state = hosting::Fetched::State::not_modified;
        return fetched;
      }
      if (found->second.bytes->size() > limit_bytes) {
        return base::Error{base::ErrorKind::invalid_input, "it is longer than allowed",
                           std::string(model::codes::kSourceTooLarge)};
      }
      state.downloads.push_back(blob);
      fetched.state = hosting::Fetched::State::found;
      fetched.bytes = *found->second.bytes;
      fetched.owner = found->second.bytes;
      return fetched;
    });
  }

 private:
  struct Blob {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct State {
    std::map<std::string, Blob> blobs;
    std::vector<std::string> downloads;
    int writes = 0;
    int requests = 0;
    bool reachable = true;
    bool out = false;
  };
  base::Guarded<State> state_;
};

}  // namespace exthost::test
