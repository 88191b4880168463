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
