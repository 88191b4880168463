#include "emulator/base/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <utility>

#include "emulator/base/result.h"

namespace exthost::base {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned length = 0;
  EXTHOST_CHECK(EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, algorithm, nullptr) == 1);
  return {reinterpret_cast<const char*>(result.data()), length};
}

constexpr std::uint8_t kNotBase64 = 0xff;

/// By character, its six bits; of both alphabets.
constexpr auto kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotBase64);
  for (std::size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<std::uint8_t>(i);
  }
  values['-'] = values['+'];
  values['_'] = values['/'];
  return values;
}();

constexpr std::size_t kSha256Bytes = 32;

struct FreeMacContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;

MacContext make_hmac_sha256_context() {
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  EXTHOST_CHECK(hmac != nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);  // the context holds it too
  EXTHOST_CHECK(context != nullptr);
  std::string digest = OSSL_DIGEST_NAME_SHA2_256;
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  EXTHOST_CHECK(EVP_MAC_CTX_set_params(context.get(), parameters.data()) == 1);
  return context;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(evp); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  EXTHOST_CHECK(context_->evp != nullptr);
  EXTHOST_CHECK(EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  EXTHOST_CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish_hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned length = 0;
  EXTHOST_CHECK(EVP_DigestFinal_ex(context_->evp, result.data(), &length) == 1);
  return to_hex({reinterpret_cast<const char*>(result.data()), length});
}

std::string sha256_hex(std::string_view bytes) {
  return to_hex(digest(EVP_sha256(), bytes));
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  // Kept by each thread, since looking the algorithm up takes longer than all the rest.
  thread_local const MacContext context = make_hmac_sha256_context();
  // An empty key is handed over as an empty string: a null key would mean "the one of the last call".
  const char* const key_data = key.empty() ? "" : key.data();
  std::string result(kSha256Bytes, '\0');
  std::size_t length = 0;
  EXTHOST_CHECK(EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key_data), key.size(),
                             nullptr) == 1);
  EXTHOST_CHECK(EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(message.data()),
                               message.size()) == 1);
  EXTHOST_CHECK(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(result.data()), &length,
                              result.size()) == 1);
  EXTHOST_CHECK(length == result.size());
  return result;
}

std::string md5(std::string_view bytes) {
  return digest(EVP_md5(), bytes);
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = (bits << 8) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool padding = i > group.size();
      text.push_back(padding ? '=' : kBase64[(bits >> (18 - 6 * i)) & 0x3F]);
    }
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  const std::size_t last = text.find_last_not_of('=');
  const std::size_t characters = last == std::string_view::npos ? 0 : last + 1;
  const std::size_t padding = text.size() - characters;
  const std::size_t last_group = characters % 4;
  if (last_group == 1) return std::nullopt;
  if (padding != 0 && padding != (4 - last_group) % 4) return std::nullopt;
  std::string bytes;
  bytes.reserve(characters * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text.substr(0, characters)) {
    const std::uint8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value == kNotBase64) return std::nullopt;
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((bits >> held) & 0xFF));
      bits &= (1U << held) - 1;
    }
  }
  return bytes;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace exthost::base
