#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/package/builder.h"
#include "emulator/storage/file_writer.h"
#include "emulator/storage/mounted_file.h"
#include "emulator/storage/outcome.h"

namespace exthost::storage {

/// What names of unfinished uploads look like.
inline constexpr std::string_view kDraftGlob = ".exthost-emu-*.tmp";

/// Why no file of a mounted folder can have this blob name, as a sentence; absent if one can. A name is the
/// path below the folder. Pure.
std::optional<std::string> refuse_mounted_name(std::string_view name);
/// The same as the answer to who wants to make such a blob.
std::optional<Failure> refuse_new_name(std::string_view name);

/// A folder of the user's whose files are blobs (docs/decisions/0007). The disk is the truth: every call
/// looks at it, nothing is remembered.
///
/// Shared are regular files whose path can be a blob's name, and links to such files inside the folder.
/// Links to folders and out of the folder, other kinds of files, sub-folders that can't be read and
/// unfinished files of our own are not shared: to readers they are not there. Thread-safe.
class MountedFolder {
 public:
  explicit MountedFolder(std::filesystem::path root) : root_(std::move(root)) {}
  const std::filesystem::path& root() const { return root_; }

  /// The file that has this name now.
  Outcome<std::optional<package::SourceFile>> find(const std::string& name) const;
  /// The same, open for reading.
  Outcome<std::optional<std::shared_ptr<const MountedFile>>> open(const std::string& name) const;
  /// Those that begin with `prefix`, from `from` on, in byte order of their names; `limit` of them at most.
  Outcome<std::vector<package::SourceFile>> list(const std::string& prefix, const std::string& from,
                                                 std::size_t limit) const;

  /// A file that is being written beside its place, under a name that is not shared. Until it is published it
  /// goes away with this object, and so do the folders that were made for it.
  class Draft {
   public:
    Draft(const MountedFolder& folder, std::string name, FileWriter file)
        : folder_(folder), name_(std::move(name)), file_(std::move(file)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft();

    base::Result<void> write(std::string_view bytes) { return file_->write(bytes); }
    base::Result<void> sync() { return file_->sync(); }
    /// Gives it its name, over what has it, and returns it as `find` would. Call once.
    Outcome<package::SourceFile> publish(base::Durability durability);

   private:
    const MountedFolder& folder_;
    const std::string name_;
    std::optional<FileWriter> file_;
  };
  /// Begins a file, and makes the folders it lies in. Reason::refused if the name can't be a file's:
  /// InvalidResourceName, or ResourceTypeMismatch if it or a part of it is taken by something else.
  Outcome<std::unique_ptr<Draft>> create(const std::string& name, base::Durability durability);

  /// Removes the file, and the folders that are empty then.
  Outcome<Done> remove(const std::string& name, base::Durability durability);

  /// Removes unfinished files that a killed process has left.
  void sweep();

 private:
  std::filesystem::path path_of(const std::string& name) const { return root_ / name; }
  Outcome<Done> make_folders(const std::string& name, base::Durability durability) const;
  void prune(const std::string& name) const;

  const std::filesystem::path root_;
};

}  // namespace exthost::storage
