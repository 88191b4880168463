#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/package.h"
#include "emulator/package/size_budget.h"
#include "emulator/package/zip_directory.h"
#include "emulator/package/zip_end_record.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"
#include "emulator/package/zip_local_entry.h"

namespace exthost::package {
namespace {

std::string counted(std::uint64_t count) {
  return std::to_string(count);
}

base::Result<void> check_sizes(const zip::CentralRecord& record, bool folder) {
  if (folder && record.size != 0) {
    return zip_corrupt("entry " + quoted_name(record.raw_name) + " is a folder, but it has contents");
  }
  if (record.method == zip::kMethodStored && record.stored_size != record.size) {
    return zip_corrupt("entry " + quoted_name(record.raw_name) + " is stored, but its two sizes differ");
  }
  return {};
}

/// Entries must not share bytes: each is expanded once, so a small zip cannot make much of little.
base::Result<void> check_no_overlap(const std::vector<zip::CentralRecord>& records,
                                    const std::vector<zip::LocalEntry>& locals) {
  std::vector<std::size_t> order(locals.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto earlier = [&](std::size_t left, std::size_t right) {
    return locals[left].begin < locals[right].begin;
  };
  if (!std::is_sorted(order.begin(), order.end(), earlier)) std::sort(order.begin(), order.end(), earlier);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (locals[order[i]].begin < locals[order[i - 1]].end) {
      return zip_corrupt("entries " + quoted_name(records[order[i - 1]].raw_name) + " and " +
                         quoted_name(records[order[i]].raw_name) + " overlap");
    }
  }
  return {};
}

/// The length of the folders that two names have in common, so that each is looked at once in a sorted
/// directory.
std::size_t common_folders(std::string_view left, std::string_view right) {
  const std::size_t size = std::min(left.size(), right.size());
  std::size_t common = 0;
  for (std::size_t i = 0; i < size && left[i] == right[i]; ++i) {
    if (left[i] == '/') common = i + 1;
  }
  return common;
}

}  // namespace

/// Takes a zip apart and puts the Package together; one use each.
class PackageReader {
 public:
  PackageReader(std::shared_ptr<const void> owner, std::string_view zip, const PackageLimits& limits)
      : limits_(limits), zip_(zip), package_(new Package) {
    package_->zip_.owner = std::move(owner);
    package_->zip_.bytes = zip;
    package_->size_bytes_ = zip.size();
  }

  base::Result<std::shared_ptr<const Package>> read() {
    if (zip_.size() > limits_.zip_bytes) {
      return zip_too_large("the zip has " + counted(zip_.size()) + " bytes, the limit is " +
                           counted(limits_.zip_bytes));
    }
    auto directory = zip::find_directory(zip_);
    if (!directory) return std::move(directory).error();
    if (directory->entries > limits_.entries) {
      return zip_too_large("the zip has " + counted(directory->entries) + " entries, the limit is " +
                           counted(limits_.entries));
    }
    auto records = zip::read_directory(zip_, *directory);
    if (!records) return std::move(records).error();
    records_ = *std::move(records);

    if (auto checked = check_declared_sizes(); !checked) return std::move(checked).error();
    if (auto added = add_entries(directory->offset); !added) return std::move(added).error();
    if (auto checked = check_no_overlap(records_, locals_); !checked) return std::move(checked).error();
    if (auto indexed = index_names(); !indexed) return std::move(indexed).error();
    note_oddities();
    package_->index_ = std::move(index_);
    return std::shared_ptr<const Package>(std::move(package_));
  }

 private:
  base::Result<void> check_declared_sizes() const {
    SizeBudget budget(limits_);
    for (const auto& record : records_) {
      if (auto checked = zip::check_supported(record); !checked) return checked;
      if (auto added = budget.add(record.raw_name, record.size, record.stored_size); !added) return added;
    }
    return budget.check_whole(zip_.size());
  }

  base::Result<void> add_entries(std::uint64_t directory_offset) {
    package_->entries_.reserve(records_.size());
    locals_.reserve(records_.size());
    for (const auto& record : records_) {
      auto name = decode_entry_name(record.raw_name, record.unicode_path,
                                    (record.flags & zip::kFlagUtf8) != 0, limits_);
      if (!name) return std::move(name).error();
      auto local = zip::match_local_entry(zip_, record, directory_offset);
      if (!local) return std::move(local).error();
      if (auto checked = check_sizes(record, name->folder); !checked) return checked;

      locals_.push_back(*local);
      backslashes_ += name->had_backslashes ? 1 : 0;
      cp437_ += name->from_cp437 ? 1 : 0;
      Entry entry;
      entry.name = name->rewritten ? index_->rewritten_names.emplace_back(*std::move(name->rewritten))
                                   : record.raw_name;
      if (name->folder) {
        folders_.push_back(entry.name);
        continue;
      }
      entry.stored = zip_.substr(local->data, record.stored_size);
      entry.size = record.size;
      entry.crc32 = record.crc32;
      entry.compression = record.method == zip::kMethodDeflated ? Compression::deflated : Compression::stored;
      package_->entries_.push_back(entry);
    }
    return {};
  }

  /// Fills the index, and finds names that clash: the same but for letter case, or a file where a folder is.
  base::Result<void> index_names() {
    const std::vector<Entry>& entries = package_->entries_;
    std::size_t total = 0;
    for (const Entry& entry : entries) total += entry.name.size();
    std::string& lower = index_->lower_names;
    lower.reserve(total);  // so that it never moves: the index points into it
    for (const Entry& entry : entries) base::append_lower(lower, entry.name);

    index_->by_lower_name.reserve(entries.size());
    std::size_t begin = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto name = std::string_view(lower).substr(begin, entries[i].name.size());
      const auto [place, is_new] = index_->by_lower_name.emplace(name, i);
      if (!is_new) return clash(entries[place->second].name, entries[i].name);
      begin += name.size();
    }
    return check_folders(lower);
  }

  base::Result<void> check_folders(std::string_view lower_names) const {
    std::string_view previous;
    for (const Entry& entry : package_->entries_) {
      const std::string_view name = lower_names.substr(0, entry.name.size());
      lower_names.remove_prefix(name.size());
      if (auto checked = check_not_below_file(name, common_folders(previous, name)); !checked) return checked;
      previous = name;
    }
    std::unordered_set<std::string> seen;
    for (const std::string_view folder : folders_) {
      std::string name = base::to_lower(folder) + '/';
      if (auto checked = check_not_below_file(name, 0); !checked) return checked;
      if (!seen.insert(std::move(name)).second) {
        return zip_names("the zip has more than one entry for folder " + quoted_name(folder));
      }
    }
    return {};
  }

  /// No folder of `lower_name` is a file. Folders within the first `known` bytes have been looked at.
  base::Result<void> check_not_below_file(std::string_view lower_name, std::size_t known) const {
    const auto& index = index_->by_lower_name;
    for (std::size_t slash = lower_name.find('/', known); slash != std::string_view::npos;
         slash = lower_name.find('/', slash + 1)) {
      const auto file = index.find(lower_name.substr(0, slash));
      if (file == index.end()) continue;
      return zip_names("entry " + quoted_name(package_->entries_[file->second].name) +
                       " is a file, but other entries have it as a folder");
    }
    return {};
  }

  static base::Error clash(std::string_view earlier, std::string_view name) {
    if (name == earlier) return zip_names("the zip has more than one entry " + quoted_name(name));
    return zip_names("entries " + quoted_name(earlier) + " and " + quoted_name(name) +
                     " differ only in letter case, and paths are served without regard to it");
  }

  void note_oddities() {
    if (backslashes_ > 0) {
      package_->warnings_.push_back(
          counted(backslashes_) +
          " names have backslashes, which were taken as separators; write forward slashes instead");
    }
    if (cp437_ > 0) {
      package_->warnings_.push_back(
          counted(cp437_) + " names are not UTF-8 and were read as code page 437; write UTF-8 instead");
    }
  }

  const PackageLimits& limits_;
  std::string_view zip_;
  std::unique_ptr<Package> package_;
  std::shared_ptr<Package::Index> index_ = std::make_shared<Package::Index>();
  std::vector<zip::CentralRecord> records_;
  std::vector<zip::LocalEntry> locals_;    // of the records, in their order
  std::vector<std::string_view> folders_;  // without the slash
  std::size_t backslashes_ = 0;
  std::size_t cp437_ = 0;
};

base::Result<std::shared_ptr<const Package>> Package::open(std::shared_ptr<const void> owner,
                                                           std::string_view bytes,
                                                           const PackageLimits& limits) {
  return PackageReader(std::move(owner), bytes, limits).read();
}

base::Result<std::shared_ptr<const Package>> Package::open_file(const std::filesystem::path& file,
                                                                const PackageLimits& limits) {
  auto mapped = base::MappedFile::open(file);
  if (!mapped) return std::move(mapped).error();
  const std::string_view bytes = (*mapped)->bytes();
  return open(*std::move(mapped), bytes, limits);
}

}  // namespace exthost::package
