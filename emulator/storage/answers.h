#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/storage/records.h"
#include "emulator/storage/rest_error.h"
#include "emulator/storage/xml_writer.h"

/// The parts of an answer that several operations write in the same way.
namespace exthost::storage {

/// `ETag` and `Last-Modified`.
template <class Record>
void add_validators(http::Headers& headers, const Record& record) {
  headers.set("ETag", record.etag);
  headers.set("Last-Modified", base::to_http_date(record.last_modified));
}

inline void add_metadata(http::Headers& headers, const Metadata& metadata) {
  for (const MetadataItem& item : metadata) headers.add("x-ms-meta-" + item.name, item.value);
}

/// `x-ms-lease-status`, `-state` and, of one in force, `-duration`.
inline void add_lease(http::Headers& headers, const Lease& lease, base::WallTime now) {
  const LeaseState state = lease_state(lease, now);
  headers.set("x-ms-lease-status", is_locked(state) ? "locked" : "unlocked");
  headers.set("x-ms-lease-state", std::string(to_string(state)));
  if (state == LeaseState::leased) headers.set("x-ms-lease-duration", lease.duration ? "fixed" : "infinite");
}

/// The same in a listing.
inline void write_lease(XmlWriter& xml, const Lease& lease, base::WallTime now) {
  const LeaseState state = lease_state(lease, now);
  xml.element("LeaseStatus", is_locked(state) ? "locked" : "unlocked");
  xml.element("LeaseState", to_string(state));
  if (state == LeaseState::leased) xml.element("LeaseDuration", lease.duration ? "fixed" : "infinite");
}

/// `x-ms-copy-*` of a blob that is a copy.
inline void add_copy(http::Headers& headers, const BlobRecord& blob) {
  if (!blob.copy) return;
  const std::string size = std::to_string(blob.size_bytes);
  headers.set("x-ms-copy-id", blob.copy->id);
  headers.set("x-ms-copy-source", blob.copy->source);
  headers.set("x-ms-copy-status", "success");
  headers.set("x-ms-copy-progress", size + "/" + size);
  headers.set("x-ms-copy-completion-time", base::to_http_date(blob.copy->completed));
}

/// The same in a listing.
inline void write_copy(XmlWriter& xml, const BlobRecord& blob) {
  if (!blob.copy) return;
  const std::string size = std::to_string(blob.size_bytes);
  xml.element("CopyId", blob.copy->id);
  xml.element("CopySource", blob.copy->source);
  xml.element("CopyStatus", "success");
  xml.element("CopyProgress", size + "/" + size);
  xml.element("CopyCompletionTime", base::to_http_date(blob.copy->completed));
}

inline void write_metadata(XmlWriter& xml, const Metadata& metadata) {
  xml.open("Metadata");
  for (const MetadataItem& item : metadata) xml.element(item.name, item.value);
  xml.close();
}

template <class Record>
http::Response answer_with_validators(int status, const Record& record) {
  http::Response response;
  response.status = status;
  add_validators(response.headers, record);
  return response;
}

inline http::Response xml_answer(XmlWriter& xml) {
  http::Response response;
  response.headers.set("Content-Type", "application/xml");
  response.body = xml.take();
  return response;
}

/// `BlockBlob`, as headers and listings have it.
inline std::string_view type_name(BlobType type) {
  switch (type) {
    case BlobType::page:
      return "PageBlob";
    case BlobType::append:
      return "AppendBlob";
    case BlobType::block:
      break;
  }
  return "BlockBlob";
}

/// `container` or `blob`; empty for none.
inline std::string_view access_name(AccessLevel access) {
  switch (access) {
    case AccessLevel::container:
      return "container";
    case AccessLevel::blob:
      return "blob";
    case AccessLevel::none:
      break;
  }
  return "";
}

}  // namespace exthost::storage
