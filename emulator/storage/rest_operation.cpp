#include "emulator/storage/rest_operation.h"

#include "emulator/base/result.h"

namespace exthost::storage {
namespace {

constexpr AccessLevel kNever = AccessLevel::none;
constexpr AccessLevel kBlob = AccessLevel::blob;
constexpr AccessLevel kContainer = AccessLevel::container;

using O = Operation;

// clang-format off
constexpr OperationRules kRules[] = {
    // operation                     name                             writes service container srt   account  anonymous
    {O::list_containers,             "List Containers",               false, "",     false,    's', "l",     kNever},
    {O::get_service_properties,      "Get Blob Service Properties",   false, "",     false,    's', "r",     kNever},
    {O::set_service_properties,      "Set Blob Service Properties",   true,  "",     false,    's', "w",     kNever},
    {O::get_service_stats,           "Get Blob Service Stats",        false, "",     false,    's', "r",     kNever},
    {O::find_blobs,                  "Find Blobs by Tags",            false, "",     false,    's', "f",     kNever},
    {O::batch,                       "Blob Batch",                    true,  "",     false,    's', "*",     kNever},
    {O::get_account_information,     "Get Account Information",       false, "racwdl", false,  '*', "*",     kNever},
    {O::preflight,                   "Preflight Blob Request",        false, "",     false,    '*', "*",     kBlob},
    {O::create_container,            "Create Container",              true,  "",     false,    'c', "cw",    kNever},
    {O::get_container_properties,    "Get Container Properties",      false, "",     false,    'c', "r",     kContainer},
    {O::delete_container,            "Delete Container",              true,  "",     false,    'c', "d",     kNever},
    {O::undelete_container,          "Restore Container",             true,  "",     false,    'c', "w",     kNever},
    {O::get_container_metadata,      "Get Container Metadata",        false, "",     false,    'c', "r",     kContainer},
    {O::set_container_metadata,      "Set Container Metadata",        true,  "",     false,    'c', "w",     kNever},
    {O::get_container_acl,           "Get Container ACL",             false, "",     false,    0,   "",      kNever},
    {O::set_container_acl,           "Set Container ACL",             true,  "",     false,    0,   "",      kNever},
    {O::lease_container,             "Lease Container",               true,  "",     false,    'c', "w",     kNever},
    {O::break_container_lease,       "Lease Container (break)",       true,  "",     false,    'c', "wd",    kNever},
    {O::list_blobs,                  "List Blobs",                    false, "l",    true,     'c', "l",     kContainer},
    {O::find_blobs_in_container,     "Find Blobs by Tags",            false, "f",    true,     'c', "f",     kNever},
    {O::batch_in_container,          "Blob Batch",                    true,  "dw",   true,     'c', "*",     kNever},
    {O::put_blob,                    "Put Blob",                      true,  "wc",   false,    'o', "wc",    kNever},
    {O::put_page_blob,               "Put Blob (PageBlob)",           true,  "wc",   false,    'o', "wc",    kNever},
    {O::put_append_blob,             "Put Blob (AppendBlob)",         true,  "wc",   false,    'o', "wc",    kNever},
    {O::put_blob_from_url,           "Put Blob From URL",             true,  "wc",   false,    'o', "wc",    kNever},
    {O::copy_blob,                   "Copy Blob",                     true,  "wc",   false,    'o', "wc",    kNever},
    {O::abort_copy,                  "Abort Copy Blob",               true,  "w",    false,    'o', "w",     kNever},
    {O::get_blob,                    "Get Blob",                      false, "r",    false,    'o', "r",     kBlob},
    {O::get_blob_properties,         "Get Blob Properties",           false, "r",    false,    'o', "r",     kBlob},
    {O::delete_blob,                 "Delete Blob",                   true,  "d",    false,    'o', "d",     kNever},
    {O::undelete_blob,               "Undelete Blob",                 true,  "w",    false,    'o', "w",     kNever},
    {O::get_blob_metadata,           "Get Blob Metadata",             false, "r",    false,    'o', "r",     kBlob},
    {O::set_blob_metadata,           "Set Blob Metadata",             true,  "w",    false,    'o', "w",     kNever},
    {O::set_blob_properties,         "Set Blob Properties",           true,  "w",    false,    'o', "w",     kNever},
    {O::set_blob_tier,               "Set Blob Tier",                 true,  "w",    false,    'o', "w",     kNever},
    {O::get_blob_tags,               "Get Blob Tags",                 false, "t",    false,    'o', "t",     kNever},
    {O::set_blob_tags,               "Set Blob Tags",                 true,  "t",    false,    'o', "t",     kNever},
    {O::lease_blob,                  "Lease Blob",                    true,  "w",    false,    'o', "w",     kNever},
    {O::break_blob_lease,            "Lease Blob (break)",            true,  "wd",   false,    'o', "wd",    kNever},
    {O::snapshot_blob,               "Snapshot Blob",                 true,  "wc",   false,    'o', "wc",    kNever},
    {O::put_block,                   "Put Block",                     true,  "w",    false,    'o', "w",     kNever},
    {O::put_block_from_url,          "Put Block From URL",            true,  "w",    false,    'o', "w",     kNever},
    {O::put_block_list,              "Put Block List",                true,  "w",    false,    'o', "w",     kNever},
    {O::get_block_list,              "Get Block List",                false, "r",    false,    'o', "r",     kBlob},
    {O::page_or_append_data,         "data operations of page and append blobs", true, "rwa", false, 'o', "rwa", kNever},
};
// clang-format on

}  // namespace

const OperationRules& rules_of(Operation operation) {
  for (const OperationRules& rules : kRules) {
    if (rules.operation == operation) return rules;
  }
  base::abort_with("an operation that the table of rules lacks");
}

}  // namespace exthost::storage
