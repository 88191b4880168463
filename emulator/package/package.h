#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::package {

/// What a version zip may be (limits.md, Zip).
struct PackageLimits {
  std::uint64_t zip_bytes = 512ull << 20;
  std::uint64_t expanded_bytes = 2ull << 30;
  std::uint64_t file_bytes = 512ull << 20;
  std::size_t entries = 20'000;
  std::uint64_t ratio = 200;  ///< Expanded to zipped, judged above `ratio_from_bytes`.
  std::uint64_t ratio_from_bytes = 10ull << 20;
  std::size_t name_bytes = 1024;
  std::size_t segment_bytes = 255;
  std::size_t depth = 64;
};

enum class Compression : std::uint8_t { stored, deflated };

/// A file in a package. Views are valid for as long as the Package lives.
struct Entry {
  std::string_view name;    ///< With `/` as separator, relative, without `.` and `..`.
  std::string_view stored;  ///< The bytes in the zip: raw deflate, or the file itself.
  std::uint64_t size = 0;   ///< Expanded.
  std::uint32_t crc32 = 0;
  Compression compression = Compression::stored;
};

/// The time that every entry of a zip that we write carries, in MS-DOS form.
struct ZipTime {
  std::uint16_t date = (1u << 5) | 1u;  ///< 1 January 1980, the earliest there is.
  std::uint16_t time = 0;
};

/// A version zip, opened in place and never unpacked (limits.md, Zip; formats.md). Immutable and thread-safe.
class Package {
 public:
  /// Checks the whole structure (central directory against local headers, names, limits), not yet the
  /// contents. Folder entries are checked and then left out. `bytes` must stay unchanged for as long as
  /// `owner` lives. Errors carry a kZip… code.
  static base::Result<std::shared_ptr<const Package>> open(std::shared_ptr<const void> owner,
                                                           std::string_view bytes,
                                                           const PackageLimits& limits = {});
  /// The same on a mapped file.
  static base::Result<std::shared_ptr<const Package>> open_file(const std::filesystem::path& file,
                                                                const PackageLimits& limits = {});

  /// Inflates every entry and compares its size and CRC; fails with kZipCorrupt on the first, in directory
  /// order, that differs. Uses up to `threads` threads and 4 MiB for each, whatever the sizes of the entries,
  /// and expands no entry further than it declares.
  base::Result<void> verify(unsigned threads = 2) const;

  /// By path: exact, else without letter case. `path` has no leading slash; doubled slashes count as one.
  const Entry* find(std::string_view path) const;

  /// A file's expanded bytes, its size and CRC checked (kZipCorrupt).
  base::Result<std::string> read(const Entry& entry) const { return expand(entry); }
  /// The same of an entry of any package that is alive.
  static base::Result<std::string> expand(const Entry& entry);

  std::span<const Entry> entries() const { return entries_; }
  /// The zip itself, and what keeps it alive. Of a package made by `with_content` the first call puts it
  /// together, which takes its time.
  std::string_view bytes() const { return zip().bytes; }
  const std::shared_ptr<const void>& owner() const { return zip().owner; }
  std::uint64_t size_bytes() const { return size_bytes_; }  ///< Of the zip.
  /// Accepted oddities, a sentence each: backslashes as separators, names in code page 437.
  const std::vector<std::string>& warnings() const { return warnings_; }

  /// An entry's new content, under the name it has.
  struct NewContent {
    std::size_t entry = 0;  ///< Its index.
    Entry content;          ///< Whose name does not count.
  };
  /// This package, which `assemble_zip` wrote at `time`, with other content for some entries: as if it had
  /// been written so. Takes no time that grows with the bytes. `owner` keeps what the new content points to.
  /// Fails with kZipTooLarge.
  base::Result<std::shared_ptr<const Package>> with_content(std::span<const NewContent> contents,
                                                            std::shared_ptr<const void> owner, ZipTime time,
                                                            const PackageLimits& limits) const;
  /// From how many others, made one from another, a package still has content.
  std::size_t generations() const { return kept_.size(); }

 private:
  struct Zip {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };
  struct Index {
    std::deque<std::string> rewritten_names;  // of entries whose name the zip spells differently
    std::string lower_names;                  // one after the other; what follows points into it
    std::unordered_map<std::string_view, std::size_t> by_lower_name;  // unique: case clashes are refused
  };
  Package() = default;
  friend class PackageReader;
  const Zip& zip() const;

  std::vector<Entry> entries_;  // in central directory order
  std::shared_ptr<const Index> index_;
  std::uint64_t size_bytes_ = 0;
  std::vector<std::string> warnings_;
  // Of a package made by with_content: what its entries point into, and what `zip_` is put together by.
  std::vector<std::shared_ptr<const void>> kept_;
  std::optional<ZipTime> written_at_;
  mutable std::once_flag assembled_;
  mutable Zip zip_;  // not before `zip()`
};

/// The gzip header and trailer that make a deflated entry's raw stream a gzip member (RFC 1952). They hold no
/// file name and no time, so that they are the same for the same content.
struct GzipFrame {
  std::string header;
  std::string trailer;
};
GzipFrame gzip_frame(const Entry& entry);

}  // namespace exthost::package
