#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/package/builder.h"
#include "emulator/storage/records.h"

/// Files of a mounted folder as blobs. What a file can't hold (properties, metadata, tags, …) is kept in the
/// store beside, in a container of its own, and counts for as long as the file is in the state it was written
/// for. Pure.
namespace exthost::storage {

/// Where the kept records of a mounted container lie: no request reaches this account.
ContainerId kept_container(const ContainerId& mounted);
bool is_kept_container(const ContainerId& id);

/// A file's state, as BlobRecord::file has it.
std::string file_token(const ContainerId& mounted, const package::SourceFile& file);
/// The container of such a token; absent if it is none.
std::optional<ContainerId> container_of_token(const std::string& token);

/// Makes the record speak of this state of its file: its pieces then have hashes that nothing else has.
void bind_to_file(BlobRecord& record, const std::string& token);

/// The blob that a file is, with the record kept for it, if that is of the file's present state. Otherwise
/// type, etag and times follow from the file; while a write may still come that its times would not show
/// (`now_ns`), it has an etag of its own.
BlobRecord blob_of_file(const ContainerId& mounted, const package::SourceFile& file,
                        const std::optional<BlobRecord>& kept, std::int64_t now_ns);

}  // namespace exthost::storage
