#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "emulator/http/conditions.h"
#include "emulator/storage/operations.h"

/// The source that a request names by `x-ms-copy-source`, looked up, authorised and kept.
namespace exthost::storage {

struct SourceNeeds {
  std::string range = {};         ///< `x-ms-source-range`; empty: all of it.
  std::uint64_t limit_bytes = 0;  ///< Of what is fetched from elsewhere.
  bool tags = false;              ///< Its tags are copied too, which takes a permission of its own.
  bool archived = false;          ///< It may be archived: the copy brings it back.
  bool any_type = false;          ///< It may be a page or an append blob, which the copy then is too.
};

struct CopySource {
  std::string shown;                 ///< Its URL, without the signature.
  BlobRecord record;                 ///< Of a source elsewhere: what its server says about it.
  http::ByteRange range;             ///< Of the record's content, what was asked for.
  std::shared_ptr<const void> hold;  ///< Keeps the content that the record's pieces name.
};

/// A source in the request's own account is readable to whoever signs with the account's key; every other
/// one by its own signature or by its container's access level. Content of these accounts is not copied.
/// Content elsewhere is fetched and taken in, from servers on this machine only.
///
/// CannotVerifyCopySource with the source's own status and message if it can't be read, SourceConditionNotMet
/// for `x-ms-source-if-…`, BlobArchived, InvalidBlobType, InvalidRange; BlobNotFound and ContainerNotFound
/// where Copy Blob finds nothing in its own account.
Rest<CopySource> open_copy_source(const OperationContext& context, const SourceNeeds& needs);

/// Whether the request asks for a copy that is done when it is answered: `x-ms-requires-sync`.
bool requires_sync(const http::Headers& headers);

}  // namespace exthost::storage
