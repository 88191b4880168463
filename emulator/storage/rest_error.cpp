#include "emulator/storage/rest_error.h"

#include "emulator/storage/xml_writer.h"

namespace exthost::storage {
namespace {

struct Entry {
  std::string_view code;
  int status;
  std::string_view message;
};

// The codes of "Common REST API error codes" and "Blob service error codes" that this service gives.
constexpr Entry kErrors[] = {
    {"AuthenticationFailed", 403,
     "Server failed to authenticate the request. Make sure the value of the Authorization header is formed "
     "correctly "
     "including the signature."},
    {"AuthorizationFailure", 403, "This request is not authorized to perform this operation."},
    {"AuthorizationPermissionMismatch", 403,
     "This request is not authorized to perform this operation using this permission."},
    {"AuthorizationProtocolMismatch", 403,
     "This request is not authorized to perform this operation using this protocol."},
    {"AuthorizationResourceTypeMismatch", 403,
     "This request is not authorized to perform this operation using this resource type."},
    {"AuthorizationServiceMismatch", 403,
     "This request is not authorized to perform this operation using this service."},
    {"AuthorizationSourceIPMismatch", 403,
     "This request is not authorized to perform this operation using this source IP."},
    {"BlobAlreadyExists", 409, "The specified blob already exists."},
    {"BlobArchived", 409, "This operation is not permitted on an archived blob."},
    {"BlobNotFound", 404, "The specified blob does not exist."},
    {"BlockCountExceedsLimit", 409,
     "The uncommitted block count exceeds the maximum limit of 100,000 blocks."},
    {"BlockListTooLong", 400, "The block list may not contain more than 50,000 blocks."},
    {"BothCrc64AndMd5HeaderPresent", 400,
     "Both x-ms-content-crc64 header and Content-MD5 header are present."},
    {"BothUserTagsAndSourceTagsCopyPresentException", 400,
     "x-ms-tags header must not be present with x-ms-copy-source-tag-option as COPY."},
    {"CannotVerifyCopySource", 500,
     "Could not verify the copy source within the specified time. Examine the HTTP status code and message "
     "for more information about the failure."},
    {"ConditionNotMet", 412, "The condition specified using HTTP conditional header(s) is not met."},
    {"ContainerAlreadyExists", 409, "The specified container already exists."},
    {"ContainerNotFound", 404, "The specified container does not exist."},
    {"CopyIdMismatch", 409,
     "The specified copy ID did not match the copy ID for the pending copy operation."},
    {"CorsPreflightFailure", 403, "CORS not enabled or no matching rule found for this request."},
    {"Crc64Mismatch", 400,
     "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server."},
    {"DuplicateTagNames", 400, "The tag names must be unique."},
    {"EmptyMetadataKey", 400, "The key for one of the metadata key-value pairs is empty."},
    {"EmptyTagName", 400, "The name of one of the tag key-value pairs is empty."},
    {"InfiniteLeaseDurationRequired", 412,
     "The lease ID matched, but the specified lease must be an infinite-duration lease."},
    {"InsufficientAccountPermissions", 403,
     "The account being accessed does not have sufficient permissions to execute this operation."},
    {"InvalidBlobOrBlock", 400, "The specified blob or block content is invalid."},
    {"InvalidBlobType", 409, "The blob type is invalid for this operation."},
    {"InvalidBlockId", 400, "The specified block ID is invalid. The block ID must be Base64-encoded."},
    {"InvalidBlockList", 400, "The specified block list is invalid."},
    {"InvalidHeaderValue", 400, "The value for one of the HTTP headers is not in the correct format."},
    {"InvalidInput", 400, "One of the request inputs is not valid."},
    {"InvalidMd5", 400,
     "The MD5 value specified in the request is invalid. The MD5 value must be 128 bits and Base64-encoded."},
    {"InvalidMetadata", 400, "The metadata specified is invalid. It has characters that are not permitted."},
    {"InvalidQueryParameterValue", 400,
     "Value for one of the query parameters specified in the request URI is invalid."},
    {"InvalidRange", 416, "The range specified is invalid for the current size of the resource."},
    {"InvalidResourceName", 400, "The specified resource name contains invalid characters."},
    {"InvalidTag", 400,
     "The tags specified are invalid. They contain characters that are not permitted, or are too long."},
    {"InvalidUri", 400, "The requested URI does not represent any resource on the server."},
    {"InvalidXmlDocument", 400, "The specified XML is not syntactically valid."},
    {"InvalidXmlNodeValue", 400,
     "The value provided for one of the XML nodes in the request body was not in the correct format."},
    {"LeaseAlreadyPresent", 409, "There is already a lease present."},
    {"LeaseIdMismatchWithBlobOperation", 412,
     "The lease ID specified did not match the lease ID for the blob."},
    {"LeaseIdMismatchWithContainerOperation", 412,
     "The lease ID specified did not match the lease ID for the container."},
    {"LeaseIdMismatchWithLeaseOperation", 409,
     "The lease ID specified did not match the lease ID for the blob or container."},
    {"LeaseIdMissing", 412,
     "There is currently a lease on the resource and no lease ID was specified in the request."},
    {"LeaseIsBreakingAndCannotBeAcquired", 409,
     "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is "
     "broken."},
    {"LeaseIsBreakingAndCannotBeChanged", 409,
     "The lease ID matched, but the lease is currently in breaking state and cannot be changed."},
    {"LeaseIsBrokenAndCannotBeRenewed", 409,
     "The lease ID matched, but the lease has been broken explicitly and cannot be renewed."},
    {"LeaseLost", 412, "A lease ID was specified, but the lease for the resource has expired."},
    {"LeaseNotPresentWithBlobOperation", 412, "There is currently no lease on the blob."},
    {"LeaseNotPresentWithContainerOperation", 412, "There is currently no lease on the container."},
    {"LeaseNotPresentWithLeaseOperation", 409, "There is currently no lease on the blob or container."},
    {"Md5Mismatch", 400,
     "The MD5 value specified in the request did not match with the MD5 value calculated by the server."},
    {"MetadataTooLarge", 400, "The size of the specified metadata exceeds the maximum size permitted."},
    {"MissingContentLengthHeader", 411, "Content-Length HTTP header is not specified."},
    {"MissingRequiredHeader", 400, "An HTTP header that's mandatory for this request is not specified."},
    {"MissingRequiredQueryParameter", 400,
     "A query parameter that's mandatory for this request is not specified."},
    {"NoPendingCopyOperation", 409, "There is currently no pending copy operation."},
    {"NotImplemented", 501, "The requested operation is not implemented on the specified resource."},
    {"OutOfRangeInput", 400, "One of the request inputs is out of range."},
    {"OutOfRangeQueryParameterValue", 400,
     "One of the query parameters specified in the request URI is outside the permissible range."},
    {"RequestBodyTooLarge", 413, "The request body is too large and exceeds the maximum permissible limit."},
    {"ResourceNotFound", 404, "The specified resource does not exist."},
    {"ResourceTypeMismatch", 409,
     "The specified resource type does not match the type of the existing resource."},
    {"ServerBusy", 503, "The server is currently unable to receive requests. Please retry your request."},
    {"SnapshotsPresent", 409, "This operation is not permitted because the blob has snapshots."},
    {"SourceConditionNotMet", 412,
     "The source condition specified using HTTP conditional header(s) is not met."},
    {"TagsTooLarge", 400, "The tags specified exceed the maximum size permitted."},
    {"TargetConditionNotMet", 412,
     "The target condition specified using HTTP conditional header(s) is not met."},
    {"UnauthorizedBlobOverwrite", 403, "This request is not authorized to perform blob overwrites."},
    {"UnsatisfiableCondition", 400, "The request includes an unsatisfiable condition for this operation."},
    {"UnsupportedHttpVerb", 405, "The resource doesn't support the specified HTTP verb."},
    {"UnsupportedXmlNode", 400, "One of the XML nodes specified in the request body is not supported."},
    {"WebContentNotFound", 404, "The requested content does not exist."},
};

const Entry& entry_of(std::string_view code) {
  for (const Entry& entry : kErrors) {
    if (entry.code == code) return entry;
  }
  base::abort_with("an error code that the table of errors lacks");
}

// az shows the reason phrase where there is no body. A status line holds printable ASCII only.
std::string reason_phrase(std::string_view message) {
  std::string phrase(message.substr(0, 512));
  for (char& c : phrase) {
    if (c < 0x20 || c > 0x7e) c = ' ';
  }
  return phrase;
}

}  // namespace

RestError rest_error(std::string_view code, std::string_view detail) {
  const Entry& entry = entry_of(code);
  RestError error{entry.status, std::string(code), std::string(entry.message), {}};
  if (!detail.empty()) error.message.append(" ").append(detail);
  return error;
}

RestError rest_error(const Failure& failure) {
  switch (failure.reason) {
    case Reason::container_not_found:
      return rest_error("ContainerNotFound");
    case Reason::container_exists:
      return rest_error("ContainerAlreadyExists");
    case Reason::blob_not_found:
      return rest_error("BlobNotFound");
    case Reason::blob_exists:
      return rest_error("BlobAlreadyExists");
    case Reason::condition_failed:
      return rest_error("ConditionNotMet");
    case Reason::not_modified: {
      RestError error = rest_error("ConditionNotMet");
      error.status = 304;
      return error;
    }
    case Reason::snapshots_present:
      return rest_error("SnapshotsPresent");
    case Reason::blob_archived:
      return rest_error("BlobArchived");
    case Reason::wrong_blob_type:
      return rest_error("InvalidBlobType");
    case Reason::lease_refused:
      return rest_error(failure.code);
    case Reason::invalid_block_list:
      return rest_error("InvalidBlockList");
    case Reason::block_id_length:
      return rest_error("InvalidBlobOrBlock", "All block ids of a blob must have the same length.");
    case Reason::too_many_blocks:
      return rest_error("BlockCountExceedsLimit");
    case Reason::invalid_input:
      return rest_error("RequestBodyTooLarge", failure.message);
    case Reason::refused:
      return rest_error(failure.code, failure.message);
    case Reason::content_replaced:
    case Reason::unavailable:
      return rest_error("ServerBusy", failure.message);
  }
  base::abort_with("a reason that has no error code");
}

http::Response error_response(const RestError& error, std::string_view request_id, std::string_view time) {
  http::Response response;
  response.status = error.status;
  response.headers = error.headers;
  response.headers.set("x-ms-error-code", error.code);
  if (error.status == 304) return response;
  response.reason = reason_phrase(error.message);
  XmlWriter xml;
  xml.open("Error");
  xml.element("Code", error.code);
  xml.element("Message",
              error.message + "\nRequestId:" + std::string(request_id) + "\nTime:" + std::string(time));
  xml.close();
  response.headers.set("Content-Type", "application/xml");
  response.body = xml.take();
  return response;
}

}  // namespace exthost::storage
