#include "emulator/storage/fetched_source.h"

#include <utility>

#include "emulator/base/hash.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

constexpr std::size_t kMd5Bytes = 16;
constexpr std::size_t kCodeBytes = 64;  // of an error code that is passed on

// Remembers why it failed: what the store makes of it can't be told from a failure of the disk.
class RememberingReader final : public http::BodyReader {
 public:
  explicit RememberingReader(http::BodyReader& body) : body_(body) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    auto count = body_.read(buffer);
    if (!count) failure_ = count.error().message;
    return count;
  }
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  http::BodyReader& body_;
  std::optional<std::string> failure_;
};

// The properties of a blob, or of a file on a web server, as the answer to a GET has them.
ContentProperties properties_of(const http::Headers& headers) {
  ContentProperties properties;
  properties.type = headers.value("Content-Type");
  properties.encoding = headers.value("Content-Encoding");
  properties.language = headers.value("Content-Language");
  properties.disposition = headers.value("Content-Disposition");
  properties.cache_control = headers.value("Cache-Control");
  auto md5 = base::base64_decode(headers.value("Content-MD5"));
  if (md5 && md5->size() == kMd5Bytes) properties.md5 = *std::move(md5);
  return properties;
}

}  // namespace

RestError cannot_verify_copy_source(int status, std::string message) {
  RestError error = rest_error("CannotVerifyCopySource");
  error.status = status;
  error.message = std::move(message);
  return error;
}

RestError cannot_verify_copy_source(const RestError& source) {
  RestError error = cannot_verify_copy_source(source.status, source.message);
  error.headers.set("x-ms-copy-source-status-code", std::to_string(source.status));
  error.headers.set("x-ms-copy-source-error-code", source.code);
  return error;
}

std::optional<RestError> refuse_fetched(const FetchedSource& fetched, bool ranged) {
  const int status = fetched.status;
  if (status == (ranged ? 206 : 200)) return std::nullopt;
  if (status == 304 || status == 412) return rest_error("SourceConditionNotMet");
  if (status == 416) return rest_error("InvalidRange");
  std::string message = "The source answered " + std::to_string(status) + ".";
  if (status == 200) message = "The source's server gives no ranges.";
  if (status >= 300 && status < 400) {
    message += " Redirects are not followed: name the source's final URL.";
  }
  RestError error = cannot_verify_copy_source(status >= 400 && status < 500 ? status : 500, message);
  error.headers.set("x-ms-copy-source-status-code", std::to_string(status));
  const auto code = fetched.headers.get("x-ms-error-code");
  if (code) error.headers.set("x-ms-copy-source-error-code", std::string(code->substr(0, kCodeBytes)));
  return error;
}

Rest<TakenSource> take_fetched(const OperationContext& context, FetchedSource& fetched) {
  auto metadata = read_metadata(fetched.headers);
  if (!metadata) return metadata.failure();
  RememberingReader body(*fetched.body);
  auto content = context.store.receive(body, {context.durability});
  if (body.failure()) return cannot_verify_copy_source(500, "The source: " + *body.failure() + ".");
  if (!content) return rest_error(content.failure());
  TakenSource taken;
  taken.record.size_bytes = content->size_bytes;
  taken.record.properties = properties_of(fetched.headers);
  taken.record.metadata = *std::move(metadata);
  taken.record.pieces = {Piece{"", content->hash, content->size_bytes}};
  taken.hold = content->hold;
  return taken;
}

}  // namespace exthost::storage
