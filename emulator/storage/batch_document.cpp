#include "emulator/storage/batch_document.h"

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/http/response_head.h"
#include "emulator/storage/limits.h"

namespace exthost::storage {
namespace {

using base::Error;
using base::Result;

constexpr std::size_t kBoundaryBytes = 70;  // RFC 2046, 5.1.1

Error refuse(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), ""};
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool is_boundary(std::string_view text) {
  constexpr std::string_view kMarks = "'()+_,-./:=?";
  return !text.empty() && text.size() <= kBoundaryBytes && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  });
}

/// Reads a document line by line, and tells boundaries from text.
class Lines {
 public:
  enum class Kind { text, delimiter, last_delimiter, end };

  Lines(std::string_view document, std::string_view boundary) : rest_(document), boundary_(boundary) {}

  /// Goes to the next line; stays at a delimiter that has not been passed (`pass_delimiter`).
  Kind next() {
    if (kind_ == Kind::text) advance();
    return kind_;
  }
  void pass_delimiter() { kind_ = Kind::text; }
  std::string_view text() const { return line_; }

 private:
  void advance() {
    if (rest_.empty()) {
      kind_ = Kind::end;
      return;
    }
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
    kind_ = kind_of(line_);
  }

  Kind kind_of(std::string_view line) const {
    if (line.substr(0, 2) != "--" || line.substr(2, boundary_.size()) != boundary_) return Kind::text;
    const std::string_view behind = line.substr(2 + boundary_.size());
    if (base::trim(behind).empty()) return Kind::delimiter;
    if (base::trim(behind) == "--") return Kind::last_delimiter;
    return Kind::text;
  }

  std::string_view rest_;
  std::string_view boundary_;
  std::string_view line_;
  Kind kind_ = Kind::text;
};

/// The fields up to an empty line, or up to a delimiter: some clients write no empty line after headers that
/// nothing follows.
Result<http::Headers> read_fields(Lines& lines) {
  http::Headers headers;
  while (lines.next() == Lines::Kind::text && !lines.text().empty()) {
    const std::string_view line = lines.text();
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view value = base::trim(line.substr(std::min(colon + 1, line.size())));
    if (colon == line.size() || !http::is_token(line.substr(0, colon)))
      return refuse("has a header without a name");
    if (std::any_of(value.begin(), value.end(), is_control))
      return refuse("has a control character in a header");
    if (headers.all().size() == limits::kBatchFields) return refuse("has too many headers");
    headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return headers;
}

Result<void> read_request_line(Lines& lines, BatchPart& part) {
  if (lines.next() != Lines::Kind::text) return refuse("has no request");
  const std::vector<std::string> words = base::split(lines.text(), ' ');
  if (words.size() != 3 || !http::is_token(words[0]) || words[1].empty() || words[2] != "HTTP/1.1") {
    return refuse("has no request line as 'DELETE /container/blob HTTP/1.1'");
  }
  if (std::any_of(words[1].begin(), words[1].end(), [](char c) { return c == '\t' || is_control(c); })) {
    return refuse("has a control character in its path");
  }
  part.method = words[0];
  part.target = words[1];
  return {};
}

Result<BatchPart> read_part(Lines& lines) {
  auto about = read_fields(lines);
  if (!about) return about.error();
  if (!base::equals_ignoring_case(about->value("Content-Type"), "application/http")) {
    return refuse("is not of the type application/http");
  }
  const auto encoding = about->get("Content-Transfer-Encoding");
  if (encoding && !base::equals_ignoring_case(*encoding, "binary")) {
    return refuse("has another transfer encoding than binary");
  }
  BatchPart part;
  part.content_id = about->value("Content-ID");
  if (auto read = read_request_line(lines, part); !read) return read.error();
  auto headers = read_fields(lines);
  if (!headers) return headers.error();
  part.headers = std::move(*headers);
  while (lines.next() == Lines::Kind::text) {
    if (!lines.text().empty()) return refuse("has a body; sub-requests have none");
  }
  return part;
}

}  // namespace

Result<std::string> read_boundary(std::string_view content_type) {
  const std::vector<std::string> parameters = base::split(content_type, ';');
  if (!base::equals_ignoring_case(base::trim(parameters.front()), "multipart/mixed")) {
    return refuse("A batch has the Content-Type multipart/mixed; boundary=<text>.");
  }
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    const std::string_view parameter = base::trim(parameters[i]);
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (!base::equals_ignoring_case(parameter.substr(0, equals), "boundary")) continue;
    std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (is_boundary(value)) return std::string(value);
  }
  return refuse(
      "The Content-Type of a batch names its boundary, 1 to 70 characters: multipart/mixed; "
      "boundary=<text>.");
}

Result<std::vector<BatchPart>> read_batch(std::string_view document, std::string_view boundary) {
  Lines lines(document, boundary);
  while (lines.next() == Lines::Kind::text) {
  }
  std::vector<BatchPart> parts;
  while (lines.next() == Lines::Kind::delimiter) {
    if (parts.size() == limits::kBatchRequests) return refuse("A batch has at most 256 sub-requests.");
    lines.pass_delimiter();
    auto part = read_part(lines);
    if (!part)
      return refuse("Sub-request " + std::to_string(parts.size() + 1) + " " + part.error().message + ".");
    parts.push_back(std::move(*part));
  }
  if (lines.next() == Lines::Kind::end) {
    return refuse("The batch does not end with its boundary, --" + std::string(boundary) + "--.");
  }
  if (parts.empty()) return refuse("The batch has no sub-requests.");
  return parts;
}

}  // namespace exthost::storage
