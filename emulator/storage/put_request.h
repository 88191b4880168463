#pragma once

#include "emulator/storage/blob_actions.h"
#include "emulator/storage/operations.h"

/// What Put Blob, Put Block and Put Block List share.
namespace exthost::storage {

/// Reads name, properties, metadata and conditions, and refuses at once what would be refused after the
/// upload anyway: a missing container, a condition that does not hold now, a blob of another type.
Rest<PutOptions> read_put(const OperationContext& context, bool or_plain_headers,
                          BlobType type = BlobType::block);

/// InvalidHeaderValue for a request that takes its content from a URL and has a body too.
Rest<Done> refuse_body(const http::Request& request);

/// Takes in the body. MissingContentLengthHeader if its length is not said; RequestBodyTooLarge past the
/// limit.
Rest<Content> receive_body(const OperationContext& context, const ReceiveOptions& options);

/// A failed put in Azure's terms: also UnauthorizedBlobOverwrite, where the SAS may create and no more.
RestError put_error(const OperationContext& context, const Failure& failure);

}  // namespace exthost::storage
