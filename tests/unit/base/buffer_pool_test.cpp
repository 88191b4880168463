#include "emulator/base/buffer_pool.h"

#include <string>

#include "tests/support/catch.h"

using namespace exthost::base;

TEST_CASE("a buffer holds what was appended, in order") {
  BufferPool pool;
  const auto buffer = pool.take(8);
  buffer->append("abc").append("").append("de", 1);
  CHECK(buffer->view() == "abcd");
  CHECK(buffer->size() == 4);
}

TEST_CASE("a buffer that nobody needs any more is taken again, empty") {
  BufferPool pool;
  auto first = pool.take(1000);
  first->append("x");
  const void* const place = first->view().data();
  const auto second = pool.take(1000);
  CHECK(second->append("y").view().data() != place);
  first.reset();
  const auto third = pool.take(1010);
  CHECK(third->size() == 0);
  CHECK(third->append("z").view().data() == place);
}

TEST_CASE("a buffer too small, or far too large, is not taken again") {
  BufferPool pool;
  pool.take(1000).reset();
  CHECK(pool.take(5000)->room() >= 5000);
  CHECK(pool.take(100)->room() < 1000);
}

TEST_CASE("a buffer may outlive its pool") {
  std::shared_ptr<FixedBuffer> buffer;
  {
    BufferPool pool;
    buffer = pool.take(10);
  }
  CHECK(buffer->append("abc").view() == "abc");
}
