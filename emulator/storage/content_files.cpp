#include "emulator/storage/content_files.h"

#include <array>
#include <system_error>
#include <utility>

#include "emulator/storage/digest.h"
#include "emulator/storage/file_writer.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPullBytes = 256 * 1024;  // large enough that system calls don't count
// Up to here copying is quicker than mapping: taking a mapping down interrupts every thread of the process.
constexpr std::uint64_t kMapBytes = 128 * 1024;

// Small contents that were read lately stay in memory: opening, reading and closing a file costs more than
// all the rest of an answer.
constexpr std::uint64_t kRecentContentBytes = 64 * 1024;
constexpr std::uint64_t kRecentBytes = 16 * 1024 * 1024;
constexpr std::size_t kRecentShards = 16;

base::Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path());
  }
  if (error)
    return base::Error{base::ErrorKind::unavailable, "can't list " + folder.string() + ": " + error.message(),
                       ""};
  return files;
}

base::Error damaged(const fs::path& path) {
  return {base::ErrorKind::corrupt, "the content file " + path.string() + " has the wrong size", ""};
}

}  // namespace

// A content on its way in: its unfinished file and its digest so far.
class ContentFiles::Incoming {
 public:
  Incoming(FileWriter unfinished, const ReceiveOptions& options)
      : file(std::move(unfinished)), digest(options) {}
  FileWriter file;
  ContentDigest digest;
};

ContentFiles::ContentFiles(fs::path folder, IsReferenced is_referenced)
    : folder_(std::move(folder)),
      is_referenced_(std::move(is_referenced)),
      recent_(kRecentBytes, kRecentShards) {}

base::Result<std::shared_ptr<ContentFiles>> ContentFiles::open(const fs::path& folder,
                                                               IsReferenced is_referenced) {
  for (const char* name : {"content", "incoming"}) {
    if (auto made = base::make_private_folder(folder / name); !made) return std::move(made).error();
  }
  return std::shared_ptr<ContentFiles>(new ContentFiles(folder, std::move(is_referenced)));
}

fs::path ContentFiles::path_of(const std::string& hash) const {
  return folder_ / "content" / hash.substr(0, 2) / hash.substr(2);
}

// A name that a leftover has is passed over.
base::Result<FileWriter> ContentFiles::create_incoming() {
  for (;;) {
    auto file = FileWriter::create(folder_ / "incoming" / std::to_string(++next_incoming_));
    if (file || file.error().kind != base::ErrorKind::conflict) return file;
  }
}

Outcome<Content> ContentFiles::receive(http::BodyReader& body, const ReceiveOptions& options) {
  auto file = create_incoming();
  if (!file) return to_failure(file.error());
  Incoming incoming(std::move(*file), options);
  std::vector<char> buffer(kPullBytes);
  std::uint64_t total = 0;
  for (;;) {
    auto count = body.read(buffer);
    if (!count) return to_failure(count.error());
    if (*count == 0) break;
    total += *count;
    if (options.limit_bytes != 0 && total > options.limit_bytes) return too_long(options.limit_bytes);
    const std::string_view bytes(buffer.data(), *count);
    incoming.digest.update(bytes);
    if (auto written = incoming.file.write(bytes); !written) return to_failure(written.error());
  }
  return finish(std::move(incoming), options);
}

Outcome<Content> ContentFiles::receive(std::string_view bytes, const ReceiveOptions& options) {
  if (options.limit_bytes != 0 && bytes.size() > options.limit_bytes) return too_long(options.limit_bytes);
  const bool may_be_there = !options.sha256.empty() && options.durability == base::Durability::process;
  if (may_be_there && hold_if_there(options.sha256)) {
    ContentDigest digest(options);
    digest.update(bytes);
    Content content = digest.finish();
    content.hold = hold(content.hash);
    return content;
  }
  auto file = create_incoming();
  if (!file) return to_failure(file.error());
  Incoming incoming(std::move(*file), options);
  incoming.digest.update(bytes);
  if (auto written = incoming.file.write(bytes); !written) return to_failure(written.error());
  return finish(std::move(incoming), options);
}

Outcome<Content> ContentFiles::finish(Incoming incoming, const ReceiveOptions& options) {
  const bool durable = options.durability == base::Durability::power;
  if (durable) {
    if (auto synced = incoming.file.sync(); !synced) return to_failure(synced.error());
  }
  Content content = incoming.digest.finish();
  const fs::path path = path_of(content.hash);
  std::error_code error;
  if (!fs::exists(path.parent_path(), error)) {
    if (auto made = base::make_private_folder(path.parent_path()); !made) return to_failure(made.error());
  }
  {
    std::lock_guard lock(mutex_);
    // The same content may be there, written by a put that did not wait for the disk: a durable one replaces
    // it. The other way round the durable file stays.
    if (durable || !fs::exists(path, error)) {
      if (auto published = incoming.file.publish(path); !published) return to_failure(published.error());
    }
    ++holds_[content.hash];
  }
  content.hold = hold(content.hash);
  if (durable) {
    if (auto synced = sync_names_in(path.parent_path()); !synced) return to_failure(synced.error());
  }
  return content;
}

// The folder's own name need be synced once: whoever made it may not have waited for that.
base::Result<void> ContentFiles::sync_names_in(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const auto is_known = [&] {
    const std::lock_guard lock(mutex_);
    return durable_folders_.count(name) != 0;
  };
  if (!is_known()) {
    if (auto synced = base::sync_folder(folder_ / "content"); !synced) return synced;
    const std::lock_guard lock(mutex_);
    durable_folders_.insert(name);
  }
  return base::sync_folder(folder);
}

// Counts a holder, who is to be made by `hold`.
bool ContentFiles::hold_if_there(const std::string& hash) {
  const fs::path path = path_of(hash);
  std::lock_guard lock(mutex_);
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  ++holds_[hash];
  return true;
}

std::shared_ptr<const void> ContentFiles::hold(const std::string& hash) {
  return std::shared_ptr<const void>(
      this, [files = shared_from_this(), hash](const void*) { files->release(hash); });
}

base::Result<std::shared_ptr<const void>> ContentFiles::keep(const std::vector<std::string>& hashes,
                                                             base::Durability durability) {
  auto holds = std::make_shared<std::vector<std::shared_ptr<const void>>>();
  for (const std::string& hash : hashes) {
    if (!hold_if_there(hash)) return std::shared_ptr<const void>();
    holds->push_back(hold(hash));
    if (durability != base::Durability::power) continue;
    const fs::path path = path_of(hash);
    if (auto synced = base::sync_file(path); !synced) return std::move(synced).error();
    if (auto synced = sync_names_in(path.parent_path()); !synced) return std::move(synced).error();
  }
  return std::shared_ptr<const void>(std::move(holds));
}

void ContentFiles::release(const std::string& hash) {
  std::lock_guard lock(mutex_);
  const auto at = holds_.find(hash);
  if (--at->second == 0) holds_.erase(at);
  free_if_unneeded(hash);
}

void ContentFiles::free_unneeded(const std::vector<std::string>& hashes) {
  for (const std::string& hash : hashes) {
    std::lock_guard lock(mutex_);  // for each anew: a container may drop thousands
    free_if_unneeded(hash);
  }
}

// With the lock held. What can't be judged or removed now is swept at the next start.
bool ContentFiles::free_if_unneeded(const std::string& hash) {
  if (!is_referenced_ || holds_.count(hash) != 0) return false;
  const auto referenced = is_referenced_(hash);
  if (!referenced || *referenced) return false;
  const base::Recent<std::string, http::Slice>::Changing change(recent_, hash);
  std::error_code error;
  return fs::remove(path_of(hash), error);
}

base::Result<std::optional<http::Slice>> ContentFiles::read(const std::string& hash, std::uint64_t size_bytes,
                                                            std::uint64_t first, std::uint64_t length) const {
  if (size_bytes > kRecentContentBytes) return read_file(hash, size_bytes, first, length);
  const auto look = recent_.look(hash);
  std::optional<http::Slice> whole = look.value;
  if (!whole) {
    auto read = read_file(hash, size_bytes, 0, size_bytes);
    if (!read || !read->has_value()) return read;
    whole = *std::move(*read);
    recent_.keep(hash, look.ticket, *whole, size_bytes);
  }
  if (whole->bytes.size() != size_bytes) return damaged(path_of(hash));
  whole->bytes = whole->bytes.substr(first, length);
  return whole;
}

base::Result<std::optional<http::Slice>> ContentFiles::read_file(const std::string& hash,
                                                                 std::uint64_t size_bytes,
                                                                 std::uint64_t first,
                                                                 std::uint64_t length) const {
  using Absent = std::optional<http::Slice>;
  const fs::path path = path_of(hash);
  if (length <= kMapBytes) {
    auto part = base::read_file_part(path, first, length);
    if (!part) return std::move(part).error();
    if (!part->has_value()) return Absent();
    if ((*part)->file_bytes != size_bytes || (*part)->bytes.size() != length) return damaged(path);
    auto bytes = std::make_shared<const std::string>(std::move((*part)->bytes));
    return std::optional(http::Slice{bytes, *bytes});
  }
  auto mapped = base::MappedFile::open(path);
  if (!mapped) {
    std::error_code error;
    if (!fs::exists(path, error) && !error) return Absent();
    return std::move(mapped).error();
  }
  if ((*mapped)->bytes().size() != size_bytes) return damaged(path);
  return std::optional(http::Slice{*mapped, (*mapped)->bytes().substr(first, length)});
}

base::Result<std::size_t> ContentFiles::sweep() {
  std::size_t removed = 0;
  auto unfinished = files_below(folder_ / "incoming");
  if (!unfinished) return std::move(unfinished).error();
  for (const fs::path& path : *unfinished) {
    std::error_code error;  // one that stays is harmless: create_incoming passes its name over
    if (fs::remove(path, error)) ++removed;
  }
  auto contents = files_below(folder_ / "content");
  if (!contents) return std::move(contents).error();
  std::lock_guard lock(mutex_);
  for (const fs::path& path : *contents) {
    if (free_if_unneeded(path.parent_path().filename().string() + path.filename().string())) ++removed;
  }
  return removed;
}

void ContentFiles::close() {
  std::lock_guard lock(mutex_);
  is_referenced_ = nullptr;
}

}  // namespace exthost::storage
