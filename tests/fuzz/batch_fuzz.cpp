// Batches of sub-requests: what is read is within the limits and holds nothing that could split the answer,
// and written out again it reads back the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/storage/batch_document.h"
#include "emulator/storage/limits.h"

namespace {

using namespace exthost;

void check_text(std::string_view text) {
  for (const char c : text) EXTHOST_CHECK(c != '\r' && c != '\n' && c != '\0');
}

std::string written(const std::vector<storage::BatchPart>& parts) {
  std::string text;
  for (const storage::BatchPart& part : parts) {
    text += "--again\r\nContent-Type: application/http\r\nContent-ID: " + part.content_id + "\r\n\r\n";
    text += part.method + " " + part.target + " HTTP/1.1\r\n";
    for (const http::Header& header : part.headers.all()) text += header.name + ": " + header.value + "\r\n";
    text += "\r\n";
  }
  return text + "--again--\r\n";
}

}  // namespace

// The first line is the Content-Type, the rest the document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto boundary = storage::read_boundary(text.substr(0, end));
  if (!boundary) {
    EXTHOST_CHECK(boundary.error().kind == base::ErrorKind::invalid_input);
    return 0;
  }
  const auto parts = storage::read_batch(text.substr(std::min(end + 1, text.size())), *boundary);
  if (!parts) {
    EXTHOST_CHECK(parts.error().kind == base::ErrorKind::invalid_input && !parts.error().message.empty());
    return 0;
  }
  EXTHOST_CHECK(!parts->empty() && parts->size() <= storage::limits::kBatchRequests);
  for (const storage::BatchPart& part : *parts) {
    EXTHOST_CHECK(!part.method.empty() && !part.target.empty());
    EXTHOST_CHECK(part.headers.all().size() <= storage::limits::kBatchFields);
    for (const std::string* one : {&part.content_id, &part.method, &part.target}) check_text(*one);
    for (const http::Header& header : part.headers.all()) check_text(header.name + header.value);
  }
  const auto again = storage::read_batch(written(*parts), "again");
  EXTHOST_CHECK(again && again->size() == parts->size());
  for (std::size_t i = 0; i < parts->size(); ++i) {
    EXTHOST_CHECK(again->at(i).target == parts->at(i).target);
    EXTHOST_CHECK(again->at(i).content_id == parts->at(i).content_id);
    EXTHOST_CHECK(again->at(i).headers.all().size() == parts->at(i).headers.all().size());
  }
  return 0;
}
