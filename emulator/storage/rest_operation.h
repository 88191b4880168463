#pragma once

#include <optional>
#include <string_view>

#include "emulator/storage/records.h"

namespace exthost::storage {

/// Everything the dialect can ask for (storage-api.md 2). Not all of it is done: see `handler_of`.
enum class Operation {
  list_containers,
  get_service_properties,
  set_service_properties,
  get_service_stats,
  find_blobs,
  batch,
  get_account_information,
  preflight,
  create_container,
  get_container_properties,
  delete_container,
  undelete_container,
  get_container_metadata,
  set_container_metadata,
  get_container_acl,
  set_container_acl,
  lease_container,
  break_container_lease,
  list_blobs,
  find_blobs_in_container,
  batch_in_container,
  put_blob,
  put_page_blob,
  put_append_blob,
  put_blob_from_url,
  copy_blob,
  abort_copy,
  get_blob,
  get_blob_properties,
  delete_blob,
  undelete_blob,
  get_blob_metadata,
  set_blob_metadata,
  set_blob_properties,
  set_blob_tier,
  get_blob_tags,
  set_blob_tags,
  lease_blob,
  break_blob_lease,
  snapshot_blob,
  put_block,
  put_block_from_url,
  put_block_list,
  get_block_list,
  page_or_append_data,
};
inline constexpr Operation kLastOperation = Operation::page_or_append_data;  ///< Of the list above.

/// Who may do an operation without the account's key (storage-api.md 3.2 to 3.4). Of several letters any one
/// suffices.
struct OperationRules {
  Operation operation;
  std::string_view name;         ///< Azure's: `Put Blob`.
  bool writes;                   ///< Refused on the secondary.
  std::string_view service_sas;  ///< Letters of a container's or blob's SAS; empty: never.
  bool container_sas_only;       ///< A blob's own SAS does not do.
  char account_sas_type;         ///< The letter that `srt` must have; 0: never; `*`: any.
  std::string_view account_sas;  ///< Letters of an account SAS; `*`: any.
  AccessLevel anonymous;         ///< The access level that suffices; none: never.
};

const OperationRules& rules_of(Operation operation);

}  // namespace exthost::storage
