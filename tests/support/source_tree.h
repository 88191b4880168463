#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "emulator/base/file.h"
#include "tests/support/catch.h"

namespace exthost::testing {

/// A real folder for one test, gone at its end. Paths are relative to it.
class SourceTree {
 public:
  SourceTree() : folder_(make_folder()) {}

  std::filesystem::path path(const std::string& relative = "") const {
    return relative.empty() ? folder_.path() : folder_.path() / relative;
  }
  /// In place, as a plain program does; folders on the way are made.
  void write(const std::string& relative, const std::string& text) const {
    std::filesystem::create_directories(path(relative).parent_path());
    std::ofstream(path(relative), std::ios::binary) << text;
  }
  void make_folder(const std::string& relative) const { std::filesystem::create_directories(path(relative)); }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(path(from), path(to));
  }
  void remove(const std::string& relative) const { std::filesystem::remove_all(path(relative)); }
  void link(const std::filesystem::path& target, const std::string& relative) const {
    std::filesystem::create_symlink(target, path(relative));
  }

 private:
  static base::TemporaryFolder make_folder() {
    auto folder = base::TemporaryFolder::create("exthost-test");
    REQUIRE(folder);
    return *std::move(folder);
  }

  base::TemporaryFolder folder_;
};

}  // namespace exthost::testing
