#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace exthost::base {

/// SHA-256, fed in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// Lower-case hexadecimal. Call once.
  std::string finish_hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_hex(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);  ///< Raw 32 bytes.
std::string md5(std::string_view bytes);                                  ///< Raw 16 bytes.
std::string base64_encode(std::string_view bytes);
/// Accepts the URL-safe alphabet and missing padding too; absent for anything else.
std::optional<std::string> base64_decode(std::string_view text);

/// Compares without telling by its time where the two differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace exthost::base
