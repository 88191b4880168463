#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "emulator/base/file.h"
#include "tests/support/catch.h"

namespace exthost::package::testing {

/// A folder for one test, with the means to fill it.
class Folder {
 public:
  Folder() : folder_(base::TemporaryFolder::create("package-test")) { REQUIRE(folder_); }

  const std::filesystem::path& path() const { return folder_->path(); }
  std::filesystem::path at(const std::string& name) const { return path() / name; }

  void write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories(at(name).parent_path());
    std::ofstream file(at(name), std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    REQUIRE(file.good());
  }

  std::string read(const std::string& name) const {
    std::ifstream file(at(name), std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  /// Runs a shell command in the folder; what it prints goes to `output`. True if it ends with 0.
  bool run(const std::string& command) const {
    return std::system(("cd '" + path().string() + "' && ( " + command + " ) > output 2>&1").c_str()) == 0;
  }

 private:
  base::Result<base::TemporaryFolder> folder_;
};

inline bool has_tool(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

}  // namespace exthost::package::testing
