#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/storage/limits.h"
#include "emulator/storage/rest_operation.h"
#include "tests/unit/storage/blob_service_fixture.h"

/// The table of error_table_test.cpp: every operation, and what it answers to those who ask wrongly.
namespace exthost::test {

using storage::Operation;
namespace limits = storage::limits;

enum class On { account, secondary, container, blob };
using Fields = std::vector<std::pair<std::string, std::string>>;

/// An operation, and the status and code it answers when it is asked wrongly. Empty: that is not an error, or
/// cannot happen.
struct Case {
  Operation operation = Operation::list_containers;
  On on = On::account;
  std::string method = "GET";
  std::string query = {};  // after the resource
  Fields headers = {};
  std::optional<std::string> body = std::nullopt;
  std::string missing_container = {};
  std::string missing_blob = {};
  std::string failed_match = {};  // with an If-Match that fails
  std::string leased = {};        // while somebody else holds the leases of container and blob
  std::string no_length = {};     // without a body and its Content-Length
  std::uint64_t limit_bytes = 0;  // beyond it: too_long
  std::string too_long = "413 RequestBodyTooLarge";
  std::string sas = {};          // letters of a container's signature, each of which suffices
  std::string account_sas = {};  // of an account's: the type, then the letters; `*` stands for any
};

inline const std::string kNoContainer = "404 ContainerNotFound";
inline const std::string kNoBlob = "404 BlobNotFound";
inline const std::string kNotMet = "412 ConditionNotMet";
inline const std::string kLeased = "412 LeaseIdMissing";
inline const std::string kNotDone = "501 NotImplemented";
inline const std::string kNoDocument = "400 InvalidXmlDocument";
inline const std::string kNoLength = "411 MissingContentLengthHeader";
inline const std::string kSnapshotTime = "2026-11-20T00:00:00.0000000Z";
inline const std::string kBatch =
    "--b\r\nContent-Type: application/http\r\n\r\nDELETE /devstoreaccount1/files/absent "
    "HTTP/1.1\r\n\r\n--b--\r\n";
inline const Fields kMultipart = {{"Content-Type", "multipart/mixed; boundary=b"}};
inline const Fields kAcquire = {{"x-ms-lease-action", "acquire"}, {"x-ms-lease-duration", "-1"}};
inline const Fields kBreak = {{"x-ms-lease-action", "break"}};

inline Case on_account(Operation operation, const std::string& query, const std::string& account_sas) {
  Case row;
  row.operation = operation;
  row.query = query;
  row.account_sas = account_sas;
  return row;
}
inline Case on_container(Operation operation, const std::string& method, const std::string& query,
                         const std::string& account_sas) {
  Case row = on_account(operation, "?restype=container" + query, account_sas);
  row.on = On::container;
  row.method = method;
  row.missing_container = kNoContainer;
  return row;
}
inline Case read_of_blob(Operation operation, const std::string& method, const std::string& query) {
  Case row = on_account(operation, query, "or");
  row.on = On::blob;
  row.method = method;
  row.sas = "r";
  row.missing_container = kNoContainer;
  row.missing_blob = kNoBlob;
  row.failed_match = kNotMet;
  return row;
}
inline Case write_of_blob(Operation operation, const std::string& query, const Fields& headers = {}) {
  Case row = read_of_blob(operation, "PUT", query);
  row.headers = headers;
  row.body = "";
  row.leased = kLeased;
  row.sas = "w";
  row.account_sas = "ow";
  return row;
}
inline Case put_of_blob(Operation operation, const std::string& type, const std::string& body) {
  Case row = write_of_blob(operation, "", {{"x-ms-blob-type", type}});
  row.body = body;
  row.missing_blob = {};
  row.no_length = kNoLength;
  row.sas = "wc";
  row.account_sas = "owc";
  return row;
}

inline std::vector<Case> account_cases() {
  Case properties = on_account(Operation::set_service_properties, "?restype=service&comp=properties", "sw");
  properties.method = "PUT";
  properties.body = "<StorageServiceProperties/>";
  properties.no_length = kNoDocument;
  properties.limit_bytes = limits::kXmlBytes;
  Case stats = on_account(Operation::get_service_stats, "?restype=service&comp=stats", "sr");
  stats.on = On::secondary;
  Case batch = on_account(Operation::batch, "?comp=batch", "s*");
  batch.method = "POST";
  batch.headers = kMultipart;
  batch.body = kBatch;
  batch.no_length = "400 InvalidInput";
  batch.limit_bytes = limits::kBatchBytes;
  return {on_account(Operation::list_containers, "?comp=list", "sl"),
          on_account(Operation::get_service_properties, "?restype=service&comp=properties", "sr"),
          properties,
          stats,
          on_account(Operation::find_blobs, "?comp=blobs&where=a%3D'b'", "sf"),
          batch,
          on_account(Operation::get_account_information, "?restype=account&comp=properties", "**")};
}

inline std::vector<Case> container_cases() {
  Case create = on_container(Operation::create_container, "PUT", "", "ccw");
  create.missing_container = {};
  create.leased = "409 ContainerAlreadyExists";
  Case deletion = on_container(Operation::delete_container, "DELETE", "", "cd");
  deletion.leased = kLeased;
  Case acl = on_container(Operation::set_container_acl, "PUT", "&comp=acl", "");
  acl.body = "";
  acl.limit_bytes = limits::kXmlBytes;
  Case lease = on_container(Operation::lease_container, "PUT", "&comp=lease", "cw");
  lease.headers = kAcquire;
  lease.leased = "409 LeaseAlreadyPresent";
  Case breaking = on_container(Operation::break_container_lease, "PUT", "&comp=lease", "cwd");
  breaking.headers = kBreak;
  // What is missing is said for each of its sub-requests.
  Case batch = on_container(Operation::batch_in_container, "POST", "&comp=batch", "c*");
  batch.headers = kMultipart;
  batch.body = kBatch;
  batch.sas = "dw";
  batch.missing_container = {};
  batch.no_length = "400 InvalidInput";
  batch.limit_bytes = limits::kBatchBytes;
  Case list = on_container(Operation::list_blobs, "GET", "&comp=list", "cl");
  list.sas = "l";
  Case find = on_container(Operation::find_blobs_in_container, "GET", "&comp=blobs&where=a%3D'b'", "cf");
  find.sas = "f";
  return {create,
          on_container(Operation::get_container_properties, "GET", "", "cr"),
          deletion,
          on_container(Operation::get_container_metadata, "GET", "&comp=metadata", "cr"),
          on_container(Operation::set_container_metadata, "PUT", "&comp=metadata", "cw"),
          on_container(Operation::get_container_acl, "GET", "&comp=acl", ""),
          acl,
          lease,
          breaking,
          list,
          find,
          batch};
}

inline std::vector<Case> put_cases() {
  Case block_blob = put_of_blob(Operation::put_blob, "BlockBlob", "abc");
  block_blob.limit_bytes = limits::kPutBytes;
  Case page_blob = put_of_blob(Operation::put_page_blob, "PageBlob", "");
  page_blob.headers.emplace_back("x-ms-blob-content-length", "512");
  page_blob.too_long = "400 InvalidHeaderValue";
  Case append_blob = put_of_blob(Operation::put_append_blob, "AppendBlob", "");
  append_blob.too_long = "400 InvalidHeaderValue";
  Case block = write_of_blob(Operation::put_block, "?comp=block&blockid=QQ%3D%3D");
  block.body = "abc";
  block.missing_blob = {};
  block.failed_match = {};
  block.no_length = kNoLength;
  block.limit_bytes = limits::kBlockBytes;
  Case list = write_of_blob(Operation::put_block_list, "?comp=blocklist");
  list.body = "<BlockList><Latest>QQ==</Latest></BlockList>";
  list.missing_blob = "400 InvalidBlockList";
  list.no_length = kNoDocument;
  list.limit_bytes = limits::kXmlBytes;
  Case get_list = read_of_blob(Operation::get_block_list, "GET", "?comp=blocklist");
  get_list.failed_match = {};
  Case data = write_of_blob(Operation::page_or_append_data, "?comp=page");
  data.sas = "rwa";
  data.account_sas = "orwa";
  data.missing_container = data.missing_blob = data.failed_match = data.leased = kNotDone;
  return {block_blob, page_blob, append_blob, block, list, get_list, data};
}

inline std::vector<Case> copy_cases() {
  const Fields from{{"x-ms-copy-source", "http://127.0.0.1:10000/devstoreaccount1/files/there"}};
  Case copy = write_of_blob(Operation::copy_blob, "", from);
  copy.body = std::nullopt;
  copy.missing_blob = {};
  copy.failed_match = "412 TargetConditionNotMet";
  copy.sas = "wc";
  copy.account_sas = "owc";
  Case put = copy;
  put.operation = Operation::put_blob_from_url;
  put.headers.emplace_back("x-ms-blob-type", "BlockBlob");
  put.failed_match = kNotMet;
  Case block = write_of_blob(Operation::put_block_from_url, "?comp=block&blockid=QQ%3D%3D", from);
  block.body = std::nullopt;
  block.missing_blob = {};
  block.failed_match = {};
  Case abort = write_of_blob(Operation::abort_copy, "?comp=copy&copyid=11111111-1111-1111-1111-111111111111",
                             {{"x-ms-copy-action", "abort"}});
  abort.failed_match = {};
  return {copy, put, block, abort};
}

inline std::vector<Case> blob_cases() {
  Case deletion = write_of_blob(Operation::delete_blob, "");
  deletion.method = "DELETE";
  deletion.sas = "d";
  deletion.account_sas = "od";
  Case delete_snapshot = deletion;
  delete_snapshot.query = "?snapshot=" + kSnapshotTime;
  delete_snapshot.failed_match = delete_snapshot.leased = kNoBlob;
  Case snapshot = write_of_blob(Operation::snapshot_blob, "?comp=snapshot");
  snapshot.leased = {};
  snapshot.sas = "wc";
  snapshot.account_sas = "owc";
  Case get_tags = read_of_blob(Operation::get_blob_tags, "GET", "?comp=tags");
  get_tags.sas = "t";
  get_tags.account_sas = "ot";
  Case tags = write_of_blob(Operation::set_blob_tags, "?comp=tags");
  tags.body = "<Tags><TagSet/></Tags>";
  tags.sas = "t";
  tags.account_sas = "ot";
  tags.no_length = kNoDocument;
  tags.limit_bytes = limits::kXmlBytes;
  Case undelete = write_of_blob(Operation::undelete_blob, "?comp=undelete");
  undelete.failed_match = undelete.leased = {};
  Case lease = write_of_blob(Operation::lease_blob, "?comp=lease", kAcquire);
  lease.leased = "409 LeaseAlreadyPresent";
  Case breaking = write_of_blob(Operation::break_blob_lease, "?comp=lease", kBreak);
  breaking.leased = {};
  breaking.sas = "wd";
  breaking.account_sas = "owd";
  return {read_of_blob(Operation::get_blob, "GET", ""),
          read_of_blob(Operation::get_blob_properties, "HEAD", ""),
          read_of_blob(Operation::get_blob_metadata, "GET", "?comp=metadata"),
          get_tags,
          write_of_blob(Operation::set_blob_metadata, "?comp=metadata"),
          write_of_blob(Operation::set_blob_properties, "?comp=properties"),
          write_of_blob(Operation::set_blob_tier, "?comp=tier", {{"x-ms-access-tier", "Cool"}}),
          deletion,
          delete_snapshot,
          snapshot,
          undelete,
          tags,
          lease,
          breaking};
}

inline std::vector<Case> all_cases() {
  std::vector<Case> cases = account_cases();
  for (const auto& more : {container_cases(), put_cases(), copy_cases(), blob_cases()}) {
    cases.insert(cases.end(), more.begin(), more.end());
  }
  return cases;
}

}  // namespace exthost::test
