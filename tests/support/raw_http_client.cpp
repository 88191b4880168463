#include "tests/support/raw_http_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::test {

namespace {
constexpr time_t kPatienceSeconds = 20;
}

std::optional<std::string> RawResponse::header(std::string_view name) const {
  std::size_t begin = head.find("\r\n") + 2;
  while (begin < head.size()) {
    const std::size_t end = head.find("\r\n", begin);
    const std::string_view line = std::string_view(head).substr(begin, end - begin);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && base::equals_ignoring_case(line.substr(0, colon), name)) {
      return std::string(base::trim(line.substr(colon + 1)));
    }
    begin = end + 2;
  }
  return std::nullopt;
}

RawHttpClient::RawHttpClient(std::uint16_t port, const std::string& address) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (address.find(':') != std::string::npos) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr);
    size = sizeof(sockaddr_in6);
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &v4->sin_addr);
    size = sizeof(sockaddr_in);
  }
  const int descriptor = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&storage), size) == 0) {
    descriptor_ = descriptor;
  } else {
    ::close(descriptor);
  }
}

RawHttpClient::~RawHttpClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawHttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t RawHttpClient::send_without_waiting(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void RawHttpClient::end_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

bool RawHttpClient::receive() {
  std::array<char, 64 * 1024> piece;
  const ssize_t count = ::recv(descriptor_, piece.data(), piece.size(), 0);
  if (count <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

bool RawHttpClient::fill(std::size_t size) {
  while (buffer_.size() < size) {
    if (!receive()) return false;
  }
  return true;
}

std::string RawHttpClient::take(std::size_t size) {
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, taken.size());
  return taken;
}

std::string RawHttpClient::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = buffer_.find(mark)) == std::string::npos) {
    if (!receive()) return std::exchange(buffer_, std::string());
  }
  return take(at + mark.size());
}

std::string RawHttpClient::read_until_closed() {
  while (receive()) {
  }
  return std::exchange(buffer_, std::string());
}

bool RawHttpClient::read_chunks(std::string& body) {
  for (;;) {
    const std::string line = read_until("\r\n");
    if (line.size() < 3) return false;
    const std::size_t size = std::strtoul(line.c_str(), nullptr, 16);
    if (!fill(size + 2)) return false;
    body += take(size);
    take(2);
    if (size == 0) return true;
  }
}

std::optional<RawResponse> RawHttpClient::read_response(bool without_body) {
  RawResponse response;
  response.head = read_until("\r\n\r\n");
  if (response.head.compare(0, 9, "HTTP/1.1 ") != 0) return std::nullopt;
  response.status = std::atoi(response.head.c_str() + 9);
  if (without_body || response.status == 204 || response.status == 304 || response.status < 200)
    return response;
  if (response.header("Transfer-Encoding")) {
    response.complete = read_chunks(response.body);
  } else if (const auto length = response.header("Content-Length")) {
    const std::size_t size = std::strtoul(length->c_str(), nullptr, 10);
    response.complete = fill(size);
    response.body = take(size);
  } else {
    response.body = read_until_closed();
  }
  return response;
}

std::optional<RawResponse> fetch_raw(std::uint16_t port, std::string_view request, bool without_body) {
  RawHttpClient client(port);
  if (!client.connected()) return std::nullopt;
  client.send(request);
  return client.read_response(without_body);
}

}  // namespace exthost::test
