#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "emulator/app/commands.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/packing.h"
#include "emulator/app/version_zips.h"
#include "emulator/base/file.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::Result;
using nlohmann::ordered_json;

struct Written {
  fs::path file;
  bool reused = false;  ///< It was there already, with these bytes.
};

/// Writes the zip whole or not at all.
Result<Written> write_zip(const fs::path& folder, const PublishingOptions& options, std::string_view bytes) {
  Written written{folder / (options.version + ".zip"), false};
  const auto there = base::read_file(written.file, package::PackageLimits{}.zip_bytes);
  if (!there) return there.error();
  if (*there) {
    written.reused = **there == bytes;
    if (written.reused) return written;
    if (!options.force) {
      Error taken = version_taken(options.version, folder.string());
      taken.message += ", or replace it with --force if it was never published";
      return taken;
    }
  }
  std::error_code fault;
  fs::create_directories(folder, fault);  // what stays wrong, the write says
  if (auto done = base::write_file(written.file, bytes, base::Durability::process, 0644); !done)
    return std::move(done).error();
  return written;
}

model::Problem shown_problem(const check::Finding& finding) {
  model::Problem problem = finding.problem;
  if (!finding.entry.empty()) problem.where.file = finding.path();
  return problem;
}

ordered_json problems_json(const std::vector<check::Finding>& findings) {
  ordered_json list = ordered_json::array();
  for (const check::Finding& finding : findings) {
    list.push_back({{"severity", model::to_string(finding.problem.severity)},
                    {"code", finding.problem.code},
                    {"message", finding.problem.message},
                    {"hint", finding.problem.hint},
                    {"place", finding.place()}});
  }
  return list;
}

int failed(const Error& error, Terminal& err) {
  err.error(error);
  const bool cannot_be_packed = error.code.starts_with("EHE2");
  return cannot_be_packed ? static_cast<int>(kExitFindings) : verb_exit_code(error);
}

}  // namespace

int run_pack(const CommandLine& command, Terminal& out, Terminal& err) {
  const auto started = std::chrono::steady_clock::now();
  const auto cloud = chosen_cloud(command);
  if (!cloud) return failed(cloud.error(), err);
  const PublishingOptions& options = command.publishing;
  const fs::path folder = (command.instance.project / options.folder).lexically_normal();
  const fs::path output = (command.instance.project / options.output).lexically_normal();
  const auto packed = pack_version(command.instance.project, options.folder, options.version,
                                   without_outputs(options.ignore, folder, output),
                                   cloud->value_or(model::Cloud::public_cloud));
  if (!packed) return failed(packed.error(), err);
  ordered_json json = {{"version", options.version}, {"good", packed->good()}};
  if (!command.json) {
    for (const check::Finding& finding : packed->findings) err.problem(shown_problem(finding));
  }
  if (!packed->good()) {
    json["problems"] = problems_json(packed->findings);
    if (command.json) out.line(json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    return kExitFindings;
  }

  const package::Package& package = *packed->built.package;
  const auto written = write_zip(output, options, package.bytes());
  if (!written) return failed(written.error(), err);
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  const std::string sha256 = base::sha256_hex(package.bytes());
  if (command.json) {
    json["file"] = written->file.string();
    json["reused"] = written->reused;
    json["bytes"] = package.bytes().size();
    json["files"] = package.entries().size();
    json["sha256"] = sha256;
    json["ms"] = took.count();
    json["problems"] = problems_json(packed->findings);
    out.line(json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    return kExitOk;
  }
  out.line(out.styled(Style::good, out.symbol(Style::good)) + " " + written->file.string() + "  " +
           base::human_bytes(package.bytes().size()) + "  " +
           base::counted(package.entries().size(), "file") + "  sha256 " + sha256 + "  " +
           std::to_string(took.count()) + " ms" +
           (written->reused ? "  (it was there already, with the same bytes)" : ""));
  return kExitOk;
}

}  // namespace exthost::app
