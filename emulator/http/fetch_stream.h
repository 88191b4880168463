#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "emulator/base/result.h"
#include "emulator/http/client.h"
#include "emulator/http/message.h"

namespace exthost::http {

/// The answer to a request whose body is pulled while it arrives: for what is too large to lie in memory.
/// The same exchange as `fetch`, on a thread of its own, which the peer's bytes run ahead of its reader by no
/// more than kHighWater. For one thread; destroying it ends the exchange.
class FetchStream final : public BodyReader {
 public:
  static constexpr std::size_t kHighWater = 1024 * 1024;

  /// Waits for the head. Fails as `fetch` does, without naming the URL.
  static base::Result<std::unique_ptr<FetchStream>> open(FetchRequest request);
  ~FetchStream() override;

  int status() const { return status_; }
  const Headers& headers() const { return headers_; }
  /// Blocks for the next bytes. Fails once there will be none although the body is not complete.
  base::Result<std::size_t> read(std::span<char> buffer) override;

 private:
  FetchStream() = default;
  void run(const FetchRequest& request, const std::stop_token& stop);
  bool push(std::string_view bytes);

  std::mutex mutex_;  // guards all but the thread
  std::condition_variable changed_;
  bool has_head_ = false;
  int status_ = 0;   // not changed once there is a head
  Headers headers_;  // the same
  std::string bytes_;
  std::size_t taken_ = 0;  // of bytes_, from its front
  bool closed_ = false;    // the reader has gone
  bool ended_ = false;
  std::optional<base::Error> error_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace exthost::http
