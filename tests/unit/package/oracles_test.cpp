// Zips that other programs make are read by ours, and ours by other programs: zip, unzip and Python's
// zipfile.
#include <map>
#include <string>

#include "emulator/package/builder.h"
#include "emulator/package/package.h"
#include "emulator/package/zip_writer.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using testing::has_tool;
using testing::sample_text;

/// What the tests pack: small and empty files, one that shrinks and one that does not, folders, names that
/// need UTF-8.
std::map<std::string, std::string> sample_files() {
  std::string noise = sample_text(40'000, 7);
  for (std::size_t i = 0; i < noise.size(); ++i)
    noise[i] = static_cast<char>(noise[i] * 31 + static_cast<int>(i * i >> 3));
  return {{"index.html", "<!doctype html><p>hello\n"},
          {"empty.txt", ""},
          {"one.txt", "1"},
          {"Content/Scripts/main.js", sample_text(200'000)},
          {"Content/Scripts/deep/er/still.js", sample_text(300)},
          {"Content/Images/logo.png", noise},
          {"Content/Größe und 日本.txt", sample_text(1000, 3)}};
}

void write_files(const Folder& folder, const std::string& below) {
  for (const auto& [name, bytes] : sample_files()) folder.write(below + name, bytes);
}

void check_holds_sample(const Folder& folder, const std::string& zip) {
  auto package = Package::open_file(folder.at(zip));
  INFO(zip << ": " << (package ? "" : package.error().message));
  REQUIRE(package);
  CHECK((*package)->verify());
  CHECK((*package)->entries().size() == sample_files().size());
  for (const auto& [name, bytes] : sample_files()) {
    INFO(name);
    const Entry* entry = (*package)->find(name);
    REQUIRE(entry != nullptr);
    auto read = (*package)->read(*entry);
    REQUIRE(read);
    CHECK(*read == bytes);
  }
}

TEST_CASE("zips made by zip are read with equal bytes") {
  if (!has_tool("zip")) return;
  const Folder folder;
  write_files(folder, "files/");
  REQUIRE(folder.run("cd files && zip -r ../plain.zip ."));
  REQUIRE(folder.run("cd files && zip -r -0 ../stored.zip ."));
  REQUIRE(folder.run("cd files && zip -r -9 -X -D ../small.zip ."));
  REQUIRE(folder.run("cd files && zip -r - . | cat > ../streamed.zip"));
  REQUIRE(folder.run("cd files && zip -fz -r ../zip64.zip ."));
  REQUIRE(folder.run("cd files && LC_ALL=C zip -r ../ascii.zip ."));
  REQUIRE(folder.run("cd files && echo comment | zip -z -r ../comment.zip ."));
  REQUIRE(folder.run(
      "cp plain.zip updated.zip && cd files && echo 1 > extra.txt && zip ../updated.zip extra.txt && "
      "zip -d ../updated.zip extra.txt && rm extra.txt"));
  for (const char* zip : {"plain.zip", "stored.zip", "small.zip", "streamed.zip", "zip64.zip", "ascii.zip",
                          "comment.zip", "updated.zip"}) {
    check_holds_sample(folder, zip);
  }
}

TEST_CASE("a symbolic link that zip kept as one is refused") {
  if (!has_tool("zip")) return;
  const Folder folder;
  folder.write("files/a.js", "1");
  std::filesystem::create_symlink("/etc/passwd", folder.at("files/b.js"));
  REQUIRE(folder.run("cd files && zip -r -y ../links.zip ."));
  auto package = Package::open_file(folder.at("links.zip"));
  REQUIRE_FALSE(package);
  CHECK_THAT(package.error().message, ContainsSubstring("'b.js' is a symbolic link"));
}

TEST_CASE("zips made by Python are read with equal bytes") {
  if (!has_tool("python3")) return;
  const Folder folder;
  write_files(folder, "files/");
  folder.write("make.py", R"(
import os, shutil, sys, zipfile
names = [os.path.relpath(os.path.join(d, f), 'files') for d, _, fs in os.walk('files') for f in fs]

def pack(target, method, force_zip64=False):
    with zipfile.ZipFile(target, 'w', method) as zip:
        for name in names:
            info = zipfile.ZipInfo.from_file(os.path.join('files', name), name)
            info.compress_type = method
            with open(os.path.join('files', name), 'rb') as source, zip.open(info, 'w', force_zip64=force_zip64) as out:
                shutil.copyfileobj(source, out)

class Stream:  # cannot seek, so that data descriptors are written
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()

pack('deflated.zip', zipfile.ZIP_DEFLATED)
pack('stored.zip', zipfile.ZIP_STORED)
pack('zip64.zip', zipfile.ZIP_DEFLATED, force_zip64=True)
for name, force in (('streamed.zip', False), ('streamed64.zip', True)):
    with open(name, 'wb') as file: pack(Stream(file), zipfile.ZIP_DEFLATED, force)
with open('streamed_stored.zip', 'wb') as file: pack(Stream(file), zipfile.ZIP_STORED)
shutil.make_archive('archived', 'zip', 'files')
)");
  REQUIRE(folder.run("python3 make.py"));
  for (const char* zip : {"deflated.zip", "stored.zip", "zip64.zip", "streamed.zip", "streamed64.zip",
                          "streamed_stored.zip", "archived.zip"}) {
    check_holds_sample(folder, zip);
  }
}

TEST_CASE("our zips are read by unzip and by Python with equal bytes") {
  const Folder folder;
  write_files(folder, "files/");
  auto built = build_folder(folder.at("files"), {});
  REQUIRE(built);
  folder.write("built.zip", built->package->bytes());
  std::vector<NamedBytes> files;
  for (const auto& [name, bytes] : sample_files()) files.push_back({name, bytes});
  auto written = write_zip(files);
  REQUIRE(written);
  CHECK(**written == built->package->bytes());

  if (has_tool("unzip")) {
    REQUIRE(folder.run("unzip -t built.zip"));
    REQUIRE(folder.run("unzip -d unzipped built.zip && diff -r files unzipped"));
  }
  if (has_tool("python3")) {
    folder.write("check.py", R"(
import zipfile
with zipfile.ZipFile('built.zip') as zip:
    assert zip.testzip() is None
    assert zip.namelist() == sorted(zip.namelist(), key=lambda name: name.encode())
    zip.extractall('extracted')
)");
    REQUIRE(folder.run("python3 check.py && diff -r files extracted"));
  }
}

TEST_CASE("an entry in its gzip frame is read by gzip") {
  if (!has_tool("gzip")) return;
  const Folder folder;
  auto zip = write_zip({{"a.js", sample_text(50'000)}});
  REQUIRE(zip);
  auto package = Package::open(*zip, **zip);
  REQUIRE(package);
  const Entry& entry = (*package)->entries()[0];
  REQUIRE(entry.compression == Compression::deflated);
  const GzipFrame frame = gzip_frame(entry);
  folder.write("a.js.gz", frame.header + std::string(entry.stored) + frame.trailer);
  REQUIRE(folder.run("gzip -d a.js.gz"));
  CHECK(folder.read("a.js") == sample_text(50'000));
}

}  // namespace
}  // namespace exthost::package
