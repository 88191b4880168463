#include "emulator/base/buffer_pool.h"

#include <cstring>
#include <utility>

#include "emulator/base/guarded.h"
#include "emulator/base/result.h"

namespace exthost::base {
namespace {

constexpr std::size_t kMostKept = 64u << 20;

/// What is allocated for so much, so that the next content, a little longer, fits too.
std::size_t with_slack(std::size_t room) {
  return room + room / 16;
}

}  // namespace

FixedBuffer& FixedBuffer::append(const char* bytes, std::size_t count) {
  EXTHOST_CHECK(count <= room_ - size_);
  if (count != 0) std::memcpy(bytes_.get() + size_, bytes, count);
  size_ += count;
  return *this;
}

struct BufferPool::Spare {
  Guarded<std::unique_ptr<FixedBuffer>> buffer;
};

BufferPool::BufferPool() : spare_(std::make_shared<Spare>()) {}

std::shared_ptr<FixedBuffer> BufferPool::take(std::size_t room) {
  std::unique_ptr<FixedBuffer> buffer;
  spare_->buffer.with([&](auto& kept) { buffer = std::move(kept); });
  if (buffer == nullptr || buffer->room() < room || buffer->room() / 2 > room) {
    buffer = std::make_unique<FixedBuffer>(with_slack(room));
  }
  buffer->clear();
  const auto give_back = [spare = std::weak_ptr(spare_)](FixedBuffer* used) {
    std::unique_ptr<FixedBuffer> freed(used);
    if (const auto pool = spare.lock(); pool && freed->room() <= kMostKept) {
      pool->buffer.with([&](auto& kept) { kept.swap(freed); });
    }
  };
  return {buffer.release(), give_back};
}

}  // namespace exthost::base
