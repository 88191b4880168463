#include "emulator/package/package.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/package/deflate.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/parallel.h"
#include "emulator/package/stream_inflate.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {
namespace {

/// Deflated entries above this are verified as a stream, so that no package makes verify() take much memory.
constexpr std::uint64_t kLargeEntry = 4ull << 20;

base::Result<void> judge(const Entry& entry, Inflated outcome, std::uint32_t crc32) {
  if (outcome == Inflated::exactly && crc32 == entry.crc32) return {};
  const std::string name = "entry " + quoted_name(entry.name);
  const std::string declared = "the " + std::to_string(entry.size) + " bytes it declares";
  switch (outcome) {
    case Inflated::exactly:
      return zip_corrupt(name + " is damaged: its CRC differs");
    case Inflated::too_long:
      return zip_corrupt(name + " expands to more than " + declared);
    case Inflated::too_short:
      return zip_corrupt(name + " expands to less than " + declared);
    case Inflated::trailing:
      return zip_corrupt(name + " has bytes after the end of its data");
    case Inflated::bad_data:
      break;
  }
  return zip_corrupt(name + " is damaged: it can't be inflated");
}

base::Result<void> check_stored(const Entry& entry) {
  return judge(entry, Inflated::exactly, crc32_of(entry.stored));
}

base::Result<void> inflate_entry(Decompressor& decompressor, const Entry& entry, std::span<char> out) {
  const Inflated outcome = decompressor.inflate(entry.stored, out);
  const bool whole = outcome == Inflated::exactly;
  return judge(entry, outcome, whole ? crc32_of({out.data(), out.size()}) : 0);
}

/// One thread's means to verify entries: a decompressor and a buffer for all but large entries.
class Verifier {
 public:
  base::Result<void> verify(const Entry& entry) {
    if (entry.compression == Compression::stored) return check_stored(entry);
    if (entry.size > kLargeEntry) {
      const StreamSums sums = sum_stream(entry.stored, entry.size);
      return judge(entry, sums.outcome, sums.crc32);
    }
    return inflate_entry(decompressor_, entry, {buffer_.get(), entry.size});
  }

 private:
  Decompressor decompressor_;
  // Not value-initialised: its pages are only taken up as far as entries fill them.
  std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(kLargeEntry);
};

}  // namespace

base::Result<void> Package::verify(unsigned threads) const {
  std::mutex failure_guard;
  std::optional<std::pair<std::size_t, base::Error>> failure;  // the lowest entry's
  parallel_for(
      entries_.size(), threads, [] { return std::make_unique<Verifier>(); },
      [&](Verifier& verifier, std::size_t index) {
        auto verified = verifier.verify(entries_[index]);
        if (verified) return true;
        std::lock_guard lock(failure_guard);
        if (!failure || index < failure->first) failure.emplace(index, std::move(verified).error());
        return false;
      });
  if (failure) return std::move(failure->second);
  return {};
}

const Entry* Package::find(std::string_view path) const {
  std::string key = base::to_lower(path);
  const auto same_slash = [](char left, char right) { return left == '/' && right == '/'; };
  key.erase(std::unique(key.begin(), key.end(), same_slash), key.end());
  const auto found = index_->by_lower_name.find(key);
  return found == index_->by_lower_name.end() ? nullptr : &entries_[found->second];
}

const Package::Zip& Package::zip() const {
  if (written_at_) {
    std::call_once(assembled_, [this] {
      auto zip = assemble_zip(entries_, *written_at_);
      EXTHOST_CHECK(zip->size() == size_bytes_);
      zip_.bytes = *zip;
      zip_.owner = std::move(zip);
    });
  }
  return zip_;
}

base::Result<std::shared_ptr<const Package>> Package::with_content(std::span<const NewContent> contents,
                                                                   std::shared_ptr<const void> owner,
                                                                   ZipTime time,
                                                                   const PackageLimits& limits) const {
  std::unique_ptr<Package> made(new Package);
  made->entries_ = entries_;
  for (const NewContent& content : contents) {
    const std::string_view name = made->entries_[content.entry].name;
    made->entries_[content.entry] = content.content;
    made->entries_[content.entry].name = name;
  }
  if (auto checked = check_zip_limits(made->entries_, limits); !checked) return std::move(checked).error();
  made->size_bytes_ = zip_size(made->entries_);
  made->index_ = index_;
  made->kept_ = kept_;
  if (kept_.empty()) made->kept_.push_back(zip_.owner);
  made->kept_.push_back(std::move(owner));
  made->written_at_ = time;
  return std::shared_ptr<const Package>(std::move(made));
}

base::Result<std::string> Package::expand(const Entry& entry) {
  if (entry.compression == Compression::stored) {
    if (auto checked = check_stored(entry); !checked) return std::move(checked).error();
    return std::string(entry.stored);
  }
  std::string bytes(entry.size, '\0');
  Decompressor decompressor;
  if (auto expanded = inflate_entry(decompressor, entry, bytes); !expanded)
    return std::move(expanded).error();
  return bytes;
}

GzipFrame gzip_frame(const Entry& entry) {
  EXTHOST_CHECK(entry.compression == Compression::deflated);
  GzipFrame frame;
  // Magic, method deflate, no flags, no time, no extra flags, unknown system.
  frame.header.assign("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  zip::FieldWriter(frame.trailer).u32(entry.crc32).u32(entry.size);
  return frame;
}

}  // namespace exthost::package
