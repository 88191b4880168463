#pragma once

#include <chrono>
#include <string>

#include "emulator/app/instance.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// A running instance's control API, as the command line uses it.
class ControlClient {
 public:
  explicit ControlClient(InstanceRecord instance) : instance_(std::move(instance)) {}

  /// The body of a 2xx answer. A problem answer becomes its sentence and code; no answer is `unavailable`
  /// with kNoInstance.
  base::Result<std::string> get(const std::string& path) const {
    return call("GET", path, "", std::chrono::seconds(30));
  }
  base::Result<std::string> post(const std::string& path, const std::string& body = {},
                                 std::chrono::milliseconds timeout = std::chrono::minutes(5)) const {
    return call("POST", path, body, timeout);
  }
  base::Result<std::string> put(const std::string& path, const std::string& body,
                                std::chrono::milliseconds timeout = std::chrono::seconds(30)) const {
    return call("PUT", path, body, timeout);
  }
  base::Result<std::string> remove(const std::string& path,
                                   std::chrono::milliseconds timeout = std::chrono::seconds(30)) const {
    return call("DELETE", path, "", timeout);
  }
  /// POST of a zip instead of JSON.
  base::Result<std::string> post_zip(const std::string& path, const std::string& zip,
                                     std::chrono::milliseconds timeout) const {
    return call("POST", path, zip, timeout, "application/zip");
  }

 private:
  base::Result<std::string> call(const std::string& method, const std::string& path, const std::string& body,
                                 std::chrono::milliseconds timeout,
                                 const char* type = "application/json") const;

  InstanceRecord instance_;
};

}  // namespace exthost::app
