#pragma once

#include <functional>

#include "emulator/base/clock.h"
#include "emulator/base/file.h"
#include "emulator/base/ids.h"
#include "emulator/storage/authorization.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/copy_source_fetcher.h"
#include "emulator/storage/rest_request.h"

/// The operations of the dialect: each turns a request that may do it into an answer without the common
/// headers.
namespace exthost::storage {

/// Performs a request that stands in another, or refuses it as was decided, and answers as if it had come
/// alone: authorised for itself, with the common headers, errors with their bodies.
using Dispatch = std::function<http::Response(const http::Request&, const Rest<RestRequest>&)>;

struct OperationContext {
  const RestRequest& request;
  const Grant& grant;
  BlobStore& store;
  base::WallTime now;
  base::Durability durability;
  base::IdSource& ids;
  const Accounts& accounts;
  Authorizer& authorizer;
  CopySourceFetcher* elsewhere;  ///< Null: sources are read from these accounts only.
  const Dispatch& dispatch;
  bool geo_redundant = true;  ///< The account has a secondary.

  const http::Headers& headers() const { return request.http.headers; }
};

using Answer = Rest<http::Response>;
using Handler = Answer (*)(const OperationContext&);

/// Null for an operation that this service does not do.
Handler handler_of(Operation operation);

// service_operations.cpp
Answer list_containers(const OperationContext& context);
Answer get_service_properties(const OperationContext& context);
Answer set_service_properties(const OperationContext& context);
Answer get_service_stats(const OperationContext& context);
Answer get_account_information(const OperationContext& context);

// batch_operations.cpp
Answer batch(const OperationContext& context);

// container_operations.cpp
Answer create_container(const OperationContext& context);
Answer get_container_properties(const OperationContext& context);
Answer delete_container(const OperationContext& context);
Answer get_container_metadata(const OperationContext& context);
Answer set_container_metadata(const OperationContext& context);
Answer get_container_acl(const OperationContext& context);
Answer set_container_acl(const OperationContext& context);

// lease_operations.cpp
Answer lease_container(const OperationContext& context);
Answer lease_blob(const OperationContext& context);

// snapshot_operations.cpp
Answer snapshot_blob(const OperationContext& context);
Answer delete_blob(const OperationContext& context);
Answer undelete_blob(const OperationContext& context);

// tier_operations.cpp, tag_operations.cpp
Answer set_blob_tier(const OperationContext& context);
Answer get_blob_tags(const OperationContext& context);
Answer set_blob_tags(const OperationContext& context);
Answer find_blobs(const OperationContext& context);

// list_blobs.cpp
Answer list_blobs(const OperationContext& context);

// blob_operations.cpp
Answer put_blob(const OperationContext& context);
Answer get_blob(const OperationContext& context);
Answer get_blob_properties(const OperationContext& context);
Answer get_blob_metadata(const OperationContext& context);
Answer set_blob_metadata(const OperationContext& context);
Answer set_blob_properties(const OperationContext& context);

// copy_operations.cpp
Answer copy_blob(const OperationContext& context);
Answer put_blob_from_url(const OperationContext& context);
Answer abort_copy(const OperationContext& context);
// typed_blob_operations.cpp
Answer put_page_blob(const OperationContext& context);
Answer put_append_blob(const OperationContext& context);
Answer page_or_append_data(const OperationContext& context);

// block_operations.cpp
Answer put_block_from_url(const OperationContext& context);
Answer put_block(const OperationContext& context);
Answer put_block_list(const OperationContext& context);
Answer get_block_list(const OperationContext& context);

}  // namespace exthost::storage
