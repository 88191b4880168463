#pragma once

#include <functional>
#include <utility>

#include "emulator/http/message.h"

namespace exthost::test {

/// A service made of a function.
class FunctionService final : public http::Service {
 public:
  using Handler = std::function<http::Response(const http::Request&)>;

  explicit FunctionService(Handler handler, bool may_block = true)
      : handler_(std::move(handler)), may_block_(may_block) {}

  bool may_block(const http::Request&) const override { return may_block_; }
  http::Response handle(const http::Request& request) override { return handler_(request); }

 private:
  Handler handler_;
  bool may_block_;
};

}  // namespace exthost::test
