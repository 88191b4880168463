#include "emulator/storage/operations.h"

namespace exthost::storage {

Handler handler_of(Operation operation) {
  switch (operation) {
    case Operation::list_containers:
      return list_containers;
    case Operation::get_service_properties:
      return get_service_properties;
    case Operation::set_service_properties:
      return set_service_properties;
    case Operation::get_service_stats:
      return get_service_stats;
    case Operation::batch:
    case Operation::batch_in_container:
      return batch;
    case Operation::get_account_information:
      return get_account_information;
    case Operation::create_container:
      return create_container;
    case Operation::get_container_properties:
      return get_container_properties;
    case Operation::delete_container:
      return delete_container;
    case Operation::get_container_metadata:
      return get_container_metadata;
    case Operation::set_container_metadata:
      return set_container_metadata;
    case Operation::get_container_acl:
      return get_container_acl;
    case Operation::set_container_acl:
      return set_container_acl;
    case Operation::lease_container:
    case Operation::break_container_lease:
      return lease_container;
    case Operation::lease_blob:
    case Operation::break_blob_lease:
      return lease_blob;
    case Operation::list_blobs:
      return list_blobs;
    case Operation::put_blob:
      return put_blob;
    case Operation::get_blob:
      return get_blob;
    case Operation::get_blob_properties:
      return get_blob_properties;
    case Operation::delete_blob:
      return delete_blob;
    case Operation::undelete_blob:
      return undelete_blob;
    case Operation::get_blob_metadata:
      return get_blob_metadata;
    case Operation::set_blob_metadata:
      return set_blob_metadata;
    case Operation::set_blob_properties:
      return set_blob_properties;
    case Operation::snapshot_blob:
      return snapshot_blob;
    case Operation::set_blob_tier:
      return set_blob_tier;
    case Operation::get_blob_tags:
      return get_blob_tags;
    case Operation::set_blob_tags:
      return set_blob_tags;
    case Operation::find_blobs:
    case Operation::find_blobs_in_container:
      return find_blobs;
    case Operation::copy_blob:
      return copy_blob;
    case Operation::put_blob_from_url:
      return put_blob_from_url;
    case Operation::abort_copy:
      return abort_copy;
    case Operation::put_block_from_url:
      return put_block_from_url;
    case Operation::put_page_blob:
      return put_page_blob;
    case Operation::put_append_blob:
      return put_append_blob;
    case Operation::page_or_append_data:
      return page_or_append_data;
    case Operation::put_block:
      return put_block;
    case Operation::put_block_list:
      return put_block_list;
    case Operation::get_block_list:
      return get_block_list;
    default:
      return nullptr;
  }
}

}  // namespace exthost::storage
