#include "emulator/model/version.h"

#include <algorithm>
#include <array>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::model {
namespace {

constexpr std::size_t kLongestVersion = 128;
constexpr std::size_t kLongestHostingServiceName = 63;  // it becomes a label of a host name

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Names that Windows takes for devices, whatever stands after the first dot.
bool is_device_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kDevices = {"con", "prn", "aux", "nul"};
  const std::string stem = base::to_lower(name.substr(0, name.find('.')));
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  const bool numbered = stem.size() == 4 && stem[3] >= '1' && stem[3] <= '9';
  return numbered && (stem.starts_with("com") || stem.starts_with("lpt"));
}

base::Error bad_version(std::string_view name, const std::string& why) {
  return {base::ErrorKind::invalid_input, "version name " + quoted(name) + " " + why,
          std::string(codes::kVersionName)};
}

}  // namespace

base::Result<void> check_version_name(std::string_view name) {
  if (name.empty()) {
    return base::Error{base::ErrorKind::invalid_input, "a version name is empty",
                       std::string(codes::kVersionName)};
  }
  if (name.size() > kLongestVersion) {
    return bad_version(name, "is longer than " + std::to_string(kLongestVersion) + " characters");
  }
  if (!is_letter_or_digit(name.front())) return bad_version(name, "must begin with a letter or digit");
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (is_letter_or_digit(c) || c == '.' || c == '_' || c == '-') continue;
    return bad_version(name, "has a character at place " + std::to_string(i + 1) +
                                 " that is not a letter, digit, dot, underscore or hyphen");
  }
  if (name.find("..") != std::string_view::npos) return bad_version(name, "has two dots in a row");
  if (name.back() == '.') return bad_version(name, "ends with a dot");
  if (is_device_name(name)) return bad_version(name, "is the name of a Windows device");
  return {};
}

std::string to_build_stamp(std::string_view version) {
  std::string stamp(version);
  std::replace(stamp.begin(), stamp.end(), '.', 'd');
  return stamp;
}

std::string mint_version(std::string_view base, std::string_view stamp,
                         const std::vector<std::string>& taken) {
  const auto is_taken = [&taken](const std::string& version) {
    return std::find(taken.begin(), taken.end(), version) != taken.end();
  };
  const std::string first = std::string(base) + "." + std::string(stamp);
  std::string version = first;
  for (unsigned n = 2; is_taken(version); ++n) version = first + "-" + std::to_string(n);
  return version;
}

base::Result<std::string> check_hosting_service_name(std::string_view name) {
  const auto refuse = [](const std::string& why) {
    return base::Error{base::ErrorKind::invalid_input, why, std::string(codes::kRegistrationInvalid)};
  };
  if (name.empty()) return refuse("the hosting service name is empty");
  if (name.size() > kLongestHostingServiceName) {
    return refuse("hosting service name " + quoted(name) + " is longer than " +
                  std::to_string(kLongestHostingServiceName) + " characters");
  }
  const std::string lowered = base::to_lower(name);
  if (lowered == "_emu" || lowered == "api") {
    return refuse("hosting service name " + quoted(name) +
                  " is reserved, its URLs would clash with the service's own");
  }
  if (!std::all_of(lowered.begin(), lowered.end(), is_letter_or_digit)) {
    return refuse("hosting service name " + quoted(name) + " may have letters and digits only");
  }
  return lowered;
}

}  // namespace exthost::model
