// What the package layer costs on 2,000 files of about 50 MB (docs/decisions/0002 names the figures to
// compare with).
//
//   package_bench [ROUNDS]
//
// Prints the median of each step in milliseconds. Makes its input itself, in a temporary folder. A report,
// not a test.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/package/builder.h"
#include "emulator/package/package.h"

namespace {

using namespace exthost;

constexpr int kFiles = 2000;
constexpr std::size_t kFileBytes = 25'000;

/// Script-like text: words from a vocabulary, so that it shrinks to about a third as real bundles do.
std::string script(std::mt19937& random, std::size_t size) {
  static const char* const kWords[] = {"function", "return",    "const", "this.", "=>",      "{",
                                       "}",        "(",         ")",     ";\n",   "require", "exports.",
                                       "value",    "undefined", "if",    "else",  "null",    ","};
  std::string text;
  while (text.size() < size) {
    text += kWords[random() % std::size(kWords)];
    text += random() % 4 == 0 ? std::to_string(random() % 100'000) : " ";
  }
  return text;
}

void write(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

void report(const char* what, int rounds, const std::function<void()>& prepare,
            const std::function<void()>& step) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    step();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-46s %9.2f ms\n", what, times[times.size() / 2]);
}

template <class T>
T good(base::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

void good(const base::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 9;
  const auto folder = good(base::TemporaryFolder::create("package-bench"));
  std::mt19937 random(1);
  for (int i = 0; i < kFiles; ++i) {
    const auto parent = folder.path() / "Content" / ("area" + std::to_string(i / 40));
    std::filesystem::create_directories(parent);
    write(parent / ("module" + std::to_string(i) + ".js"), script(random, kFileBytes));
  }
  const auto edited = folder.path() / "Content" / "area7" / "module300.js";
  const auto nothing = [] {};

  package::PackageBuilder builder(folder.path(), {});
  const auto built = good(builder.build());
  const auto& zip = *built->package;
  std::printf("%zu files, %zu bytes zipped, %u processors\n", zip.entries().size(), zip.bytes().size(),
              std::thread::hardware_concurrency());

  report("scan", rounds, nothing, [&] { good(package::scan_folder(folder.path(), {})); });
  report("first build", std::min(rounds, 3), nothing,
         [&] { good(package::build_folder(folder.path(), {})); });
  report("build, nothing changed", rounds, nothing, [&] { good(builder.build()); });
  report(
      "build, one file changed", rounds, [&] { write(edited, script(random, kFileBytes)); },
      [&] { good(builder.build()); });
  report("open", rounds, nothing, [&] { good(package::Package::open(zip.owner(), zip.bytes())); });
  report("verify, one thread", rounds, nothing, [&] { good(zip.verify(1)); });
  report("verify, two threads", rounds, nothing, [&] { good(zip.verify(2)); });
  report("100,000 look-ups", rounds, nothing, [&] {
    for (int i = 0; i < 100'000; ++i) {
      if (zip.find(zip.entries()[static_cast<std::size_t>(i) % zip.entries().size()].name) == nullptr)
        std::abort();
    }
  });
  return 0;
}
