#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace exthost::http {

/// Bytes read and not yet used, at the front of one block of memory. Not thread-safe.
class InputBuffer {
 public:
  std::string_view data() const { return {block_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Room for `size` more bytes behind the data. Invalidates `data()`.
  std::span<char> prepare(std::size_t size) {
    if (begin_ != 0) {
      std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (block_.size() < end_ + size) block_.resize(end_ + size);
    return {block_.data() + end_, size};
  }

  /// The first `size` bytes of what `prepare` gave are data now.
  void commit(std::size_t size) { end_ += size; }
  void consume(std::size_t size) { begin_ += size; }

  /// Gives memory back that only a large body needed. No read may be under way.
  void shrink(std::size_t size) {
    if (!empty() || block_.size() <= size) return;
    block_ = std::vector<char>(size);
    begin_ = end_ = 0;
  }

 private:
  std::vector<char> block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace exthost::http
