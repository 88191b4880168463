#include "emulator/storage/copy_content.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/storage/digest.h"

namespace exthost::storage {
namespace {

// Content that lies in memory or in mapped files, once more as a body.
class SliceReader final : public http::BodyReader {
 public:
  explicit SliceReader(std::vector<http::Slice> slices) : slices_(std::move(slices)) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    while (next_ != slices_.size() && slices_[next_].bytes.empty()) ++next_;
    if (next_ == slices_.size()) return std::size_t{0};
    std::string_view& bytes = slices_[next_].bytes;
    const std::size_t count = bytes.copy(buffer.data(), buffer.size());
    bytes.remove_prefix(count);
    return count;
  }

 private:
  std::vector<http::Slice> slices_;
  std::size_t next_ = 0;
};

}  // namespace

Rest<std::string> md5_of(const OperationContext& context, const CopySource& source) {
  auto content = context.store.read(source.record, source.range);
  if (!content) return rest_error(content.failure());
  Md5 digest;
  for (const http::Slice& slice : *content) digest.update(slice.bytes);
  return digest.finish();
}

Rest<Content> content_of(const OperationContext& context, const CopySource& source,
                         const ReceiveOptions& options) {
  auto slices = context.store.read(source.record, source.range);
  if (!slices) return rest_error(slices.failure());
  const bool whole = source.range.length == source.record.size_bytes && source.record.pieces.size() == 1;
  if (!whole) {
    SliceReader body(*std::move(slices));
    auto content = context.store.receive(body, options);
    if (!content) return rest_error(content.failure());
    return *std::move(content);
  }
  Content content{source.record.pieces[0].hash, source.record.size_bytes, {}, {}, source.hold};
  Md5 md5;
  Crc64 crc64;
  for (const http::Slice& slice : *slices) {
    if (options.md5) md5.update(slice.bytes);
    if (options.crc64) crc64.update(slice.bytes);
  }
  if (options.md5) content.md5 = md5.finish();
  if (options.crc64) content.crc64 = crc64.bytes();
  return content;
}

}  // namespace exthost::storage
