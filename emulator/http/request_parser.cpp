#include "emulator/http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

#include "emulator/model/codes.h"

namespace exthost::http {

namespace beast = boost::beast;

namespace {

/// The shortest thing that can follow where a chunk header is due: `0`, CRLF, CRLF. The parser must not be
/// asked again about a last chunk before that many bytes are there.
constexpr std::size_t kShortestChunkEnd = 5;

constexpr std::size_t kChunkHeaderLimit = 8 * 1024;

}  // namespace

class RequestParser::Impl final : public beast::http::basic_parser<true> {
 public:
  explicit Impl(std::size_t field_limit) : field_limit_(field_limit) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScanner and kChunkHeaderLimit bound it
    body_limit(boost::none);                                  // handlers bound bodies
  }

  ParsedHead head;
  bool too_many_fields = false;
  const Emit* emit = nullptr;

  bool at_chunk_header() const { return chunked() && chunk_left_ == 0; }

 private:
  using error_code = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override {
    head.method.assign(method.data(), method.size());
    head.target.assign(target.data(), target.size());
    head.http_minor = version - 10;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (++fields_ > field_limit_) {
      too_many_fields = true;
      error = beast::http::error::header_limit;
      return;
    }
    if (!head_complete_) {
      head.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }  // trailers are checked and dropped: nothing here acts on one
  }
  void on_header_impl(error_code&) override { head_complete_ = true; }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    (*emit)({bytes.data(), bytes.size()});
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code&) override {
    chunk_left_ = size;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override {
    chunk_left_ -= bytes.size();
    (*emit)({bytes.data(), bytes.size()});
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  std::size_t field_limit_;
  std::size_t fields_ = 0;
  bool head_complete_ = false;
  std::uint64_t chunk_left_ = 0;
};

RequestParser::RequestParser(std::size_t field_limit) : impl_(std::make_unique<Impl>(field_limit)) {}
RequestParser::~RequestParser() = default;

std::variant<ParsedHead, Response> RequestParser::parse_head(std::string_view bytes) {
  beast::error_code error;
  impl_->eager(true);
  impl_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (impl_->too_many_fields) {
    return Response::problem(431, model::codes::kRequestLimit, "the request has too many header fields");
  }
  if (error == beast::http::error::bad_version) {
    return Response::problem(505, model::codes::kMalformedRequest,
                             "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  if ((error && error != beast::http::error::need_more) || !impl_->is_header_done()) {
    return Response::problem(400, model::codes::kMalformedRequest, "the request is not well-formed HTTP");
  }
  return std::move(impl_->head);
}

RequestParser::BodyStep RequestParser::parse_body(std::string_view bytes, const Emit& emit) {
  BodyStep step;
  impl_->emit = &emit;
  while (!impl_->is_done()) {
    const std::string_view rest = bytes.substr(step.consumed);
    if (rest.empty() || (impl_->at_chunk_header() && rest.size() < kShortestChunkEnd)) return step;
    beast::error_code error;
    step.consumed += impl_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (error == beast::http::error::need_more) {
      if (bytes.size() - step.consumed > kChunkHeaderLimit) step.state = BodyState::malformed;
      return step;
    }
    if (error) {
      step.state = BodyState::malformed;
      return step;
    }
  }
  step.state = BodyState::complete;
  return step;
}

bool RequestParser::complete() const {
  return impl_->is_done();
}

}  // namespace exthost::http
