#include "emulator/app/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

/// `%*` of a pattern: the message as a JSON string.
class JsonMessageFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string quoted =
        base::json_quote(std::string_view(message.payload.data(), message.payload.size()));
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessageFlag>();
  }
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (format == LogFormat::json) {
    formatter->add_flag<JsonMessageFlag>('*').set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%*})");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v");
  }
  return formatter;
}

}  // namespace

base::Result<std::shared_ptr<spdlog::logger>> make_log(const Settings& settings) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (settings.log_file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    try {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.log_file.string());
    } catch (const spdlog::spdlog_ex&) {
      return base::Error{base::ErrorKind::unavailable,
                         "the log file " + settings.log_file.string() + " cannot be opened",
                         std::string(model::codes::kStateUnwritable)};
    }
  }
  sink->set_formatter(make_formatter(settings.log_format));
  auto log = std::make_shared<spdlog::logger>("exthost-emu", std::move(sink));
  log->set_level(spdlog::level::from_str(settings.log_level));
  log->flush_on(spdlog::level::warn);
  return log;
}

}  // namespace exthost::app
