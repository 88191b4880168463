#include "emulator/http/fetch_stream.h"

#include <algorithm>
#include <utility>

#include "emulator/http/exchange.h"

namespace exthost::http {

base::Result<std::unique_ptr<FetchStream>> FetchStream::open(FetchRequest request) {
  std::unique_ptr<FetchStream> stream(new FetchStream());
  stream->thread_ = std::jthread([self = stream.get(), request = std::move(request)](
                                     const std::stop_token& stop) { self->run(request, stop); });
  std::unique_lock lock(stream->mutex_);
  stream->changed_.wait(lock, [&] { return stream->has_head_ || stream->ended_; });
  if (stream->has_head_) {
    lock.unlock();
    return stream;
  }
  base::Error error = *std::move(stream->error_);
  lock.unlock();
  return error;
}

FetchStream::~FetchStream() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  // The thread is asked to stop and waited for by its own destructor.
}

void FetchStream::run(const FetchRequest& request, const std::stop_token& stop) {
  ExchangeHandlers handlers;
  handlers.head = [this](int status, Headers headers) {
    {
      std::lock_guard lock(mutex_);
      status_ = status;
      headers_ = std::move(headers);
      has_head_ = true;
    }
    changed_.notify_all();
    return true;
  };
  handlers.body = [this](std::string_view bytes) { return push(bytes); };
  const base::Result<void> exchanged = exchange(request, handlers, stop);
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    if (!exchanged) error_ = exchanged.error();
  }
  changed_.notify_all();
}

bool FetchStream::push(std::string_view bytes) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || bytes_.size() - taken_ < kHighWater; });
    if (closed_) return false;
    if (taken_ != 0) bytes_.erase(0, std::exchange(taken_, 0));
    bytes_.append(bytes);
  }
  changed_.notify_all();
  return true;
}

base::Result<std::size_t> FetchStream::read(std::span<char> buffer) {
  std::size_t count = 0;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || taken_ != bytes_.size(); });
    count = std::min(buffer.size(), bytes_.size() - taken_);
    if (count == 0 && error_) return *error_;
    bytes_.copy(buffer.data(), count, taken_);
    taken_ += count;
  }
  changed_.notify_all();
  return count;
}

}  // namespace exthost::http
