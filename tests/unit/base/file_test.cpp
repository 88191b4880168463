#include "emulator/base/file.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "tests/support/catch.h"

using namespace exthost::base;
namespace fs = std::filesystem;

namespace {

TemporaryFolder make_folder() {
  auto folder = TemporaryFolder::create("exthost-file-test-");
  REQUIRE(folder);
  return std::move(*folder);
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string content_of(const fs::path& path) {
  const auto bytes = read_file(path, 1 << 20);
  REQUIRE(bytes);
  REQUIRE(bytes->has_value());
  return **bytes;
}

}  // namespace

TEST_CASE("reading tells content, absence and failure apart") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "a";
  CHECK(read_file(file, 10).value() == std::nullopt);
  CHECK(read_file(file / "below", 10).value() == std::nullopt);
  std::ofstream(file) << "0123456789";
  CHECK(read_file(file, 10).value() == "0123456789");
  CHECK(read_file(file / "below", 10).value() == std::nullopt);
  const auto too_large = read_file(file, 9);
  REQUIRE_FALSE(too_large);
  CHECK(too_large.error().kind == ErrorKind::invalid_input);
  CHECK_FALSE(read_file(folder.path(), 10));
}

TEST_CASE("a named pipe is refused rather than waited for") {
  const TemporaryFolder folder = make_folder();
  const fs::path pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_FALSE(read_file(pipe, 10));
  CHECK_FALSE(MappedFile::open(pipe));
}

TEST_CASE("the end of a file can be read without the rest") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "a";
  CHECK(read_end_of_file(file, 4).value() == std::nullopt);
  std::ofstream(file) << "0123456789";
  CHECK(read_end_of_file(file, 4).value() == "6789");
  CHECK(read_end_of_file(file, 40).value() == "0123456789");
}

TEST_CASE("a part of a file is read with the size of the whole") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "file";
  CHECK_FALSE(read_file_part(file, 0, 4).value());
  std::ofstream(file) << "0123456789";
  const auto middle = read_file_part(file, 3, 4).value();
  REQUIRE(middle);
  CHECK(middle->bytes == "3456");
  CHECK(middle->file_bytes == 10);
  CHECK(read_file_part(file, 8, 100).value()->bytes == "89");
  CHECK(read_file_part(file, 11, 1).value()->bytes.empty());
  CHECK_FALSE(read_file_part(folder.path(), 0, 1));
}

TEST_CASE("a written file replaces the old one, with the mode asked for and nothing beside it") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "config.json";
  for (const Durability durability : {Durability::process, Durability::power}) {
    REQUIRE(write_file(file, "old", durability));
    REQUIRE(write_file(file, std::string("n\0w", 3), durability, 0644));
    CHECK(content_of(file) == std::string("n\0w", 3));
    CHECK(mode_of(file) == 0644);
    CHECK(names_in(folder.path()) == std::vector<std::string>{"config.json"});
  }
  REQUIRE(write_file(file, "", Durability::power));
  CHECK(mode_of(file) == 0600);
  CHECK(content_of(file).empty());
}

TEST_CASE("a write that fails leaves what was there and no temporary file") {
  const TemporaryFolder folder = make_folder();
  const fs::path occupied = folder.path() / "occupied";
  fs::create_directories(occupied / "inside");
  const auto written = write_file(occupied, "bytes", Durability::power);
  REQUIRE_FALSE(written);
  CHECK_THAT(written.error().message, ContainsSubstring(occupied.string()));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"occupied"});
  CHECK(fs::is_directory(occupied / "inside"));
  CHECK_FALSE(write_file(folder.path() / "missing" / "a", "bytes", Durability::process));
  CHECK_FALSE(write_file("/dev/full/a", "bytes", Durability::process));
}

TEST_CASE("private folders are made with their parents and are the owner's alone") {
  const TemporaryFolder folder = make_folder();
  const fs::path deep = folder.path() / "a" / "b" / "c";
  REQUIRE(make_private_folder(deep));
  REQUIRE(make_private_folder(deep));
  CHECK(mode_of(deep) == 0700);
  CHECK(mode_of(folder.path() / "a") == 0700);
  REQUIRE(make_private_folder(deep / ""));
  std::ofstream(folder.path() / "file") << "x";
  const auto blocked = make_private_folder(folder.path() / "file" / "b");
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().kind == ErrorKind::conflict);
}

TEST_CASE("a mapped file keeps its bytes when its name is replaced or removed") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "a";
  REQUIRE(write_file(file, "first", Durability::process));
  const auto mapped = MappedFile::open(file);
  REQUIRE(mapped);
  REQUIRE(write_file(file, "second", Durability::process));
  CHECK((*mapped)->bytes() == "first");
  fs::remove(file);
  CHECK((*mapped)->bytes() == "first");
}

TEST_CASE("an empty file can be mapped, a missing one can't") {
  const TemporaryFolder folder = make_folder();
  std::ofstream(folder.path() / "empty").flush();
  const auto empty = MappedFile::open(folder.path() / "empty");
  REQUIRE(empty);
  CHECK((*empty)->bytes().empty());
  const auto missing = MappedFile::open(folder.path() / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::not_found);
}

TEST_CASE("an append file keeps what is there") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "log";
  REQUIRE(AppendFile::open(file)->append("one\n"));
  auto again = AppendFile::open(file);
  REQUIRE(again);
  REQUIRE(again->append("two\n"));
  CHECK(content_of(file) == "one\ntwo\n");
  CHECK(mode_of(file) == 0600);
  CHECK_FALSE(AppendFile::open(folder.path()));
  auto full = AppendFile::open("/dev/full");
  REQUIRE(full);
  CHECK_FALSE(full->append("x"));
}

TEST_CASE("a lock has one holder, whose process the next one is told") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "lock";
  {
    const auto held = FileLock::acquire(file);
    REQUIRE(held);
    const auto second = FileLock::acquire(file);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::conflict);
    CHECK_THAT(second.error().message, ContainsSubstring("process " + std::to_string(::getpid())));
    CHECK(mode_of(file) == 0600);
  }
  CHECK(FileLock::acquire(file));
}

TEST_CASE("one can look whether a lock is held, without holding it up") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "lock";
  CHECK_FALSE(FileLock::is_held(file));
  CHECK_FALSE(fs::exists(file));
  {
    const auto held = FileLock::acquire(file);
    REQUIRE(held);
    CHECK(FileLock::is_held(file));
    CHECK(FileLock::is_held(file));
  }
  CHECK_FALSE(FileLock::is_held(file));
  CHECK(FileLock::acquire(file));
}

TEST_CASE("the lock of a process that died is free") {
  const TemporaryFolder folder = make_folder();
  const fs::path file = folder.path() / "lock";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto held = FileLock::acquire(file);
    ::_exit(held ? 0 : 1);  // without destructors, as if killed
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  CHECK(FileLock::acquire(file));
}

TEST_CASE("a temporary folder is private and goes away with all it holds") {
  fs::path path;
  {
    TemporaryFolder first = make_folder();
    const TemporaryFolder folder = std::move(first);
    path = folder.path();
    CHECK(mode_of(path) == 0700);
    fs::create_directories(path / "a" / "b");
    std::ofstream(path / "a" / "b" / "c") << "x";
  }
  CHECK_FALSE(fs::exists(path));
}
