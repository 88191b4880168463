#include "emulator/storage/mounted_records.h"

#include <chrono>

#include "emulator/base/hash.h"
#include "emulator/http/conditions.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/mounted_file.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kKeptAccount = "@mounts";  // no account can have this name

}  // namespace

ContainerId kept_container(const ContainerId& mounted) {
  return {std::string(kKeptAccount), mounted.account + "/" + mounted.container};
}

bool is_kept_container(const ContainerId& id) {
  return id.account == kKeptAccount;
}

std::string file_token(const ContainerId& mounted, const package::SourceFile& file) {
  return mounted.account + "/" + mounted.container + "/" + version_text(file);
}

std::optional<ContainerId> container_of_token(const std::string& token) {
  const std::size_t first = token.find('/');
  const std::size_t second = first == std::string::npos ? first : token.find('/', first + 1);
  if (second == std::string::npos) return std::nullopt;
  return ContainerId{token.substr(0, first), token.substr(first + 1, second - first - 1)};
}

void bind_to_file(BlobRecord& record, const std::string& token) {
  record.file = token;
  std::uint64_t offset = 0;
  for (Piece& piece : record.pieces) {
    piece.hash = base::sha256_hex(token + "/" + std::to_string(offset) + "/" + record.name);
    offset += piece.size_bytes;
  }
}

BlobRecord blob_of_file(const ContainerId& mounted, const package::SourceFile& file,
                        const std::optional<BlobRecord>& kept, std::int64_t now_ns) {
  const std::string token = file_token(mounted, file);
  if (kept && kept->file == token) return *kept;
  BlobRecord record;
  record.name = file.path;
  record.size_bytes = file.size;
  record.properties.type = http::content_type_for(file.path);
  const bool settled = !may_change_unseen(file, now_ns);
  record.etag = make_etag(settled ? "" : "unsettled", version_text(file));
  record.last_modified =
      base::WallTime(std::chrono::floor<base::Duration>(std::chrono::nanoseconds(file.modified_ns)));
  record.created = record.last_modified;
  if (file.size != 0) record.pieces.push_back({"", "", file.size});
  bind_to_file(record, token);
  return record;
}

}  // namespace exthost::storage
