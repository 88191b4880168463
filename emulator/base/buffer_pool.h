#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace exthost::base {

/// Bytes that are written once, front to back, into memory taken beforehand, and read after that.
class FixedBuffer {
 public:
  /// Takes that many bytes at most.
  explicit FixedBuffer(std::size_t room)
      : bytes_(std::make_unique_for_overwrite<char[]>(room)), room_(room) {}

  /// The caller has made sure that there is room.
  FixedBuffer& append(const char* bytes, std::size_t count);
  FixedBuffer& append(std::string_view bytes) { return append(bytes.data(), bytes.size()); }
  void clear() { size_ = 0; }

  std::size_t room() const { return room_; }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t room_;
  std::size_t size_ = 0;
};

/// Buffers for contents that are made one after the other, each about as long as the one before: what nobody
/// needs any more is written over. Of megabytes of fresh memory the page faults cost more than the writing.
///
/// Keeps one buffer, the last that came back, unless that is very large. Thread-safe; buffers may outlive it.
class BufferPool {
 public:
  BufferPool();

  /// An empty buffer with at least that room.
  std::shared_ptr<FixedBuffer> take(std::size_t room);

 private:
  struct Spare;
  std::shared_ptr<Spare> spare_;
};

}  // namespace exthost::base
