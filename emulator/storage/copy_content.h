#pragma once

#include <string>

#include "emulator/storage/copy_source.h"

/// The content of a source that is open (copy_source.h).
namespace exthost::storage {

/// The MD5 of what was asked for, raw.
Rest<std::string> md5_of(const OperationContext& context, const CopySource& source);

/// What was asked for as content of its own: as it lies if it is one whole piece, else taken in once more.
Rest<Content> content_of(const OperationContext& context, const CopySource& source,
                         const ReceiveOptions& options);

}  // namespace exthost::storage
