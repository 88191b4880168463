#include "emulator/app/control_client.h"

#include <nlohmann/json.hpp>

#include "emulator/app/json_fields.h"
#include "emulator/http/client.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

constexpr std::uint64_t kAnswerLimitBytes = 64ull << 20;

}  // namespace

base::Result<std::string> ControlClient::call(const std::string& method, const std::string& path,
                                              const std::string& body, std::chrono::milliseconds timeout,
                                              const char* type) const {
  http::FetchRequest request;
  request.method = method;
  request.url = instance_.control + path;
  request.headers.set("Authorization", "Bearer " + instance_.token);
  if (!body.empty()) request.headers.set("Content-Type", type);
  request.body = body;
  request.limit_bytes = kAnswerLimitBytes;
  request.timeout = timeout;
  auto answer = http::fetch(request);
  if (!answer) {
    return base::Error{base::ErrorKind::unavailable,
                       "the emulator at " + instance_.control + " does not answer: " + answer.error().message,
                       std::string(model::codes::kNoInstance)};
  }
  if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
  const auto problem = nlohmann::ordered_json::parse(answer->body, nullptr, false);
  if (problem.is_object() && !text_at(problem, "detail").empty()) {
    return base::Error{base::ErrorKind::invalid_input, text_at(problem, "detail"), text_at(problem, "code")};
  }
  return base::Error{base::ErrorKind::internal,
                     "the emulator answered " + std::to_string(answer->status) + " to " + method + " " + path,
                     ""};
}

}  // namespace exthost::app
