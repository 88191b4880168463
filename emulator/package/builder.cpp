#include "emulator/package/builder.h"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/package/build_plan.h"
#include "emulator/package/deflate.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/parallel.h"
#include "emulator/package/source_file.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {
namespace {

/// A file that this build has read.
struct FreshFile {
  KnownFile known;
  PackedBytes packed;
};

base::Result<FreshFile> read_and_pack(Compressor& compressor, const LayeredSource& source,
                                      const std::string& path, std::uint64_t limit_bytes) {
  const auto [folder, local] = source.place_of(path);
  auto reading = read_settled(
      path, [&, &where = folder, &name = local] { return read_source_file(where, name, limit_bytes); });
  if (!reading) return std::move(reading).error();
  FreshFile fresh;
  fresh.known.must_read_again = may_hide_change(reading->before, reading->read_at_ns);
  fresh.known.file = std::move(reading->before);
  fresh.known.file.path = path;
  fresh.packed = pack_bytes(compressor, path, std::move(reading->bytes));
  return fresh;
}

/// The error, if any, is that of the first file in order.
base::Result<std::vector<FreshFile>> read_and_pack_all(const LayeredSource& source,
                                                       const std::vector<SourceFile>& scanned,
                                                       const std::vector<std::size_t>& to_read,
                                                       unsigned threads, std::uint64_t limit_bytes) {
  std::vector<FreshFile> fresh(to_read.size());
  std::mutex failure_guard;
  std::optional<std::pair<std::size_t, base::Error>> failure;
  parallel_for(
      to_read.size(), threads, [] { return std::make_unique<Compressor>(); },
      [&](Compressor& compressor, std::size_t index) {
        auto packed = read_and_pack(compressor, source, scanned[to_read[index]].path, limit_bytes);
        if (packed) {
          fresh[index] = *std::move(packed);
          return true;
        }
        std::lock_guard lock(failure_guard);
        if (!failure || index < failure->first) failure.emplace(index, std::move(packed).error());
        return false;
      });
  if (failure) return std::move(failure->second);
  return fresh;
}

bool same_content(const Entry& old, const PackedBytes& fresh) {
  return old.crc32 == fresh.crc32 && old.size == fresh.size && old.compression == fresh.compression &&
         old.stored == fresh.stored;
}

/// Before anything is read: a folder that is far too large is refused at once.
base::Result<void> check_total(const std::vector<SourceFile>& scanned, const PackageLimits& limits) {
  std::uint64_t total = 0;
  for (const SourceFile& file : scanned) {
    total += file.size;
    if (total <= limits.expanded_bytes) continue;
    return zip_too_large("the folder holds more than " + std::to_string(limits.expanded_bytes) +
                         " bytes, the limit of a package; leave out what the extension does not need");
  }
  return {};
}

std::string hash_of(std::span<const Entry> entries) {
  base::Sha256 hash;
  std::string record;
  for (const Entry& entry : entries) {
    record.assign(entry.name).push_back('\0');  // no name holds a NUL, so records can't run into each other
    zip::FieldWriter(record).u64(entry.size).u32(entry.crc32);
    hash.update(record);
  }
  return hash.finish_hex();
}

}  // namespace

/// Between builds it holds the last package and, for each of its entries, the stats of its file. The
/// compressed bytes of unchanged files are copied from that package, so they are in memory once.
class PackageBuilder::Impl {
 public:
  Impl(std::filesystem::path root, IgnoreOptions ignore, unsigned threads, PackageLimits limits,
       Overlay overlay)
      : source_(std::move(root), std::move(ignore), std::move(overlay)), threads_(threads), limits_(limits) {}

  base::Result<std::optional<BuiltPackage>> build() {
    auto scanned = source_.scan(limits_.entries);
    if (!scanned) return std::move(scanned).error();
    const BuildPlan plan = plan_build(*scanned, known_);
    if (last_ && plan.to_read.empty() && plan.removed.empty()) return std::optional<BuiltPackage>();
    if (auto checked = check_total(*scanned, limits_); !checked) return std::move(checked).error();
    auto fresh = read_and_pack_all(source_, *scanned, plan.to_read, threads_, limits_.file_bytes);
    if (!fresh) return std::move(fresh).error();

    Draft draft = make_draft(plan, *fresh);
    if (last_ && draft.changed.empty()) {
      known_ = std::move(draft.known);  // other stats, same content
      return std::optional<BuiltPackage>();
    }
    auto package = assemble(draft.entries);
    if (!package) return std::move(package).error();
    known_ = std::move(draft.known);
    last_ = *package;
    return std::optional(BuiltPackage{last_, std::move(draft.changed), hash_of(last_->entries())});
  }

 private:
  /// What the next package consists of. Views point into the last package and the fresh files.
  struct Draft {
    std::vector<KnownFile> known;
    std::vector<Entry> entries;  // of the known files, in their order
    std::vector<std::string> changed;
  };

  Draft make_draft(const BuildPlan& plan, std::vector<FreshFile>& fresh) const {
    Draft draft;
    const std::size_t count = plan.known_as.size();
    draft.known.reserve(count);
    draft.entries.reserve(count);
    draft.changed = plan.removed;
    std::size_t next_fresh = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<std::size_t> old = plan.known_as[i];
      if (next_fresh == plan.to_read.size() || plan.to_read[next_fresh] != i) {
        draft.known.push_back(known_[*old]);
        draft.entries.push_back(last_->entries()[*old]);
        continue;
      }
      FreshFile& file = fresh[next_fresh++];
      if (!old || !same_content(last_->entries()[*old], file.packed)) {
        draft.changed.push_back(file.known.file.path);
      }
      draft.known.push_back(std::move(file.known));
      draft.entries.push_back({draft.known.back().file.path, file.packed.stored, file.packed.size,
                               file.packed.crc32, file.packed.compression});
    }
    std::sort(draft.changed.begin(), draft.changed.end());
    return draft;
  }

  base::Result<std::shared_ptr<const Package>> assemble(const std::vector<Entry>& entries) const {
    auto time = zip_time();
    if (!time) return std::move(time).error();
    auto zip = assemble_zip(entries, *time, limits_);
    if (!zip) return std::move(zip).error();
    // The reader's own checks decide what a package is, for ours as for others'. Contents need no verifying.
    return Package::open(*zip, **zip, limits_);
  }

  LayeredSource source_;
  const unsigned threads_;
  const PackageLimits limits_;
  std::vector<KnownFile> known_;  // sorted by path: known_[i] is the file of last_->entries()[i]
  std::shared_ptr<const Package> last_;
};

PackageBuilder::PackageBuilder(std::filesystem::path root, IgnoreOptions ignore, unsigned threads,
                               PackageLimits limits, Overlay overlay)
    : impl_(std::make_unique<Impl>(std::move(root), std::move(ignore), threads, limits, std::move(overlay))) {
}

PackageBuilder::~PackageBuilder() = default;

base::Result<std::optional<BuiltPackage>> PackageBuilder::build() {
  return impl_->build();
}

base::Result<BuiltPackage> build_folder(const std::filesystem::path& root, const IgnoreOptions& ignore,
                                        const PackageLimits& limits) {
  PackageBuilder builder(root, ignore, 2, limits);
  auto built = builder.build();
  if (!built) return std::move(built).error();
  EXTHOST_CHECK(built->has_value());  // a first build always has a result
  return std::move(**built);
}

}  // namespace exthost::package
