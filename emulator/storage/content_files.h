#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/base/recent.h"
#include "emulator/base/result.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/file_writer.h"

namespace exthost::storage {

/// Contents as files named by their SHA-256: `<folder>/content/ab/cdef…`, written beside in
/// `<folder>/incoming` and renamed into place.
///
/// A file is freed when nobody holds it and no record refers to it. What was read from it stays readable
/// after that: the system frees mapped bytes with the last mapping. Thread-safe.
class ContentFiles : public std::enable_shared_from_this<ContentFiles> {
 public:
  /// Whether a record refers to a hash. Asked under this object's lock, so it must not come back here.
  using IsReferenced = std::function<base::Result<bool>(const std::string& hash)>;

  static base::Result<std::shared_ptr<ContentFiles>> open(const std::filesystem::path& folder,
                                                          IsReferenced is_referenced);

  Outcome<Content> receive(http::BodyReader& body, const ReceiveOptions& options);
  Outcome<Content> receive(std::string_view bytes, const ReceiveOptions& options);

  /// `length` bytes from `first` on of a content of `size_bytes`. Absent if there is no such content (any
  /// more); `corrupt` if it has another size.
  base::Result<std::optional<http::Slice>> read(const std::string& hash, std::uint64_t size_bytes,
                                                std::uint64_t first, std::uint64_t length) const;

  /// Keeps those contents from being freed for as long as what is returned lives; null if one of them is gone
  /// already. With Durability::power they survive the end of power, however they were taken in.
  base::Result<std::shared_ptr<const void>> keep(const std::vector<std::string>& hashes,
                                                 base::Durability durability);

  /// Frees those of `hashes` that nothing needs any more.
  void free_unneeded(const std::vector<std::string>& hashes);

  /// Removes unfinished files, and contents that no record refers to: what a killed process leaves. Returns
  /// how many.
  base::Result<std::size_t> sweep();

  /// For the owner's end: from now on nothing is freed, and `is_referenced` is not asked.
  void close();

 private:
  class Incoming;
  ContentFiles(std::filesystem::path folder, IsReferenced is_referenced);
  std::filesystem::path path_of(const std::string& hash) const;
  base::Result<FileWriter> create_incoming();
  Outcome<Content> finish(Incoming incoming, const ReceiveOptions& options);
  base::Result<void> sync_names_in(const std::filesystem::path& folder);
  bool hold_if_there(const std::string& hash);
  std::shared_ptr<const void> hold(const std::string& hash);
  void release(const std::string& hash);
  bool free_if_unneeded(const std::string& hash);
  base::Result<std::optional<http::Slice>> read_file(const std::string& hash, std::uint64_t size_bytes,
                                                     std::uint64_t first, std::uint64_t length) const;

  const std::filesystem::path folder_;
  std::atomic<std::uint64_t> next_incoming_{0};
  // Held over rename, unlink and the question whether a record refers to a file: between answer and unlink
  // nobody may begin to hold that hash. Never held while bytes move.
  std::mutex mutex_;
  IsReferenced is_referenced_;                     // empty after close()
  std::map<std::string, int> holds_;               // how many hold each hash
  std::set<std::string> durable_folders_;          // of content/, whose own names are known to be on disk
  base::Recent<std::string, http::Slice> recent_;  // small contents, whole
};

}  // namespace exthost::storage
