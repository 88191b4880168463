#include <charconv>

#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/put_request.h"

namespace exthost::storage {
namespace {

Rest<std::uint64_t> read_number(const http::Headers& headers, std::string_view name, std::uint64_t limit) {
  const std::string_view text = base::trim(headers.value(name));
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || number > limit) {
    return rest_error("InvalidHeaderValue",
                      std::string(name) + " is a number from 0 to " + std::to_string(limit) + ".");
  }
  return number;
}

Rest<NewBlob> read_page_blob(const http::Headers& headers) {
  if (!headers.get("x-ms-blob-content-length")) {
    return rest_error("MissingRequiredHeader", "Send x-ms-blob-content-length, the page blob's size.");
  }
  auto size = read_number(headers, "x-ms-blob-content-length", limits::kPageBlobBytes);
  if (!size) return size.failure();
  if (*size % limits::kPageBytes != 0) {
    return rest_error("InvalidHeaderValue", "x-ms-blob-content-length is a multiple of 512.");
  }
  NewBlob wanted{BlobType::page, *size, 0};
  if (headers.get("x-ms-blob-sequence-number")) {
    auto number = read_number(headers, "x-ms-blob-sequence-number", limits::kSequenceNumber);
    if (!number) return number.failure();
    wanted.sequence_number = *number;
  }
  return wanted;
}

Answer create(const OperationContext& context, const NewBlob& wanted) {
  if (!context.request.http.content_length) return rest_error("MissingContentLengthHeader");
  if (*context.request.http.content_length != 0) {
    return rest_error("InvalidHeaderValue",
                      "A page or append blob is made without content: Content-Length is 0.");
  }
  if (context.headers().get("x-ms-access-tier")) {
    return rest_error("InvalidHeaderValue", "Only block blobs have an x-ms-access-tier here.");
  }
  auto options = read_put(context, true, wanted.type);
  if (!options) return options.failure();
  auto made = create_blob(context.store, context.request.blob_id(), wanted, *options, context.now);
  if (!made) return put_error(context, made.failure());
  http::Response response = answer_with_validators(201, *made);
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

}  // namespace

Answer put_page_blob(const OperationContext& context) {
  auto wanted = read_page_blob(context.headers());
  if (!wanted) return wanted.failure();
  return create(context, *wanted);
}

Answer put_append_blob(const OperationContext& context) {
  return create(context, {BlobType::append, 0, 0});
}

Answer page_or_append_data(const OperationContext&) {
  return rest_error(
      "NotImplemented",
      "Page and append blobs can be made, listed, read, described and deleted here; their content "
      "can't be written.");
}

}  // namespace exthost::storage
